// The virtual network of the apps: their subnet, that of private endpoints, and the private DNS zones.
param name string
param location string
param tags object
param addressPrefix string

@description('The service to which the subnet of the apps is handed over.')
param delegation 'Microsoft.App/environments' | 'Microsoft.Web/serverFarms'

@description('The private DNS zones that are needed.')
param zones string[]

// An app takes up to forty addresses.
var half = int(split(addressPrefix, '/')[1]) + 1

resource rules 'Microsoft.Network/networkSecurityGroups@2024-07-01' = {
  name: '${name}-rules'
  location: location
  tags: tags
  properties: {
    securityRules: [
      {
        name: 'nothing-from-the-internet'
        properties: {
          priority: 4000
          direction: 'Inbound'
          access: 'Deny'
          protocol: '*'
          sourceAddressPrefix: 'Internet'
          sourcePortRange: '*'
          destinationAddressPrefix: '*'
          destinationPortRange: '*'
        }
      }
    ]
  }
}

resource network 'Microsoft.Network/virtualNetworks@2024-07-01' = {
  name: name
  location: location
  tags: tags
  properties: {
    addressSpace: { addressPrefixes: [addressPrefix] }
    subnets: [
      {
        name: 'apps'
        properties: {
          addressPrefix: cidrSubnet(addressPrefix, half, 0)
          networkSecurityGroup: { id: rules.id }
          delegations: [{ name: 'apps', properties: { serviceName: delegation } }]
          serviceEndpoints: [
            { service: 'Microsoft.Storage' }
            { service: 'Microsoft.KeyVault' }
            { service: 'Microsoft.ServiceBus' }
            { service: 'Microsoft.EventHub' }
          ]
        }
      }
      {
        name: 'endpoints'
        properties: {
          addressPrefix: cidrSubnet(addressPrefix, half, 1)
          networkSecurityGroup: { id: rules.id }
          defaultOutboundAccess: false
        }
      }
    ]
  }
}

resource zone 'Microsoft.Network/privateDnsZones@2024-06-01' = [
  for one in zones: {
    name: one
    location: 'global'
    tags: tags
  }
]

resource link 'Microsoft.Network/privateDnsZones/virtualNetworkLinks@2024-06-01' = [
  for (one, index) in zones: {
    parent: zone[index]
    name: name
    location: 'global'
    tags: tags
    properties: { registrationEnabled: false, virtualNetwork: { id: network.id } }
  }
]
