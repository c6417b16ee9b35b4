// A private endpoint with its entry in a private DNS zone.
param name string
param location string
param tags object

@description('The resource that is reached by it.')
param target string

@description('Which part of the resource: blob, queue, table, vault, namespace …')
param group string

param subnetId string
param zoneId string

resource endpoint 'Microsoft.Network/privateEndpoints@2024-07-01' = {
  name: name
  location: location
  tags: tags
  properties: {
    subnet: { id: subnetId }
    privateLinkServiceConnections: [{ name: group, properties: { privateLinkServiceId: target, groupIds: [group] } }]
  }
}

resource zones 'Microsoft.Network/privateEndpoints/privateDnsZoneGroups@2024-07-01' = {
  parent: endpoint
  name: 'default'
  properties: { privateDnsZoneConfigs: [{ name: group, properties: { privateDnsZoneId: zoneId } }] }
}
