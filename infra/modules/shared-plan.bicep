// What all apps run on, where they share it: an App Service plan (Premium, Dedicated), or an environment of container apps.
param name string
param location string
param tags object
param hostingPlan 'premium' | 'dedicated' | 'container-apps'

@description('The size of an App Service plan; empty for EP1 or P0v3.')
param sku string

param maximumInstances int

@description('The subnet of the apps; empty for no network of their own.')
param subnetId string

param workspaceId string
param zoneRedundant bool

var isEnvironment = hostingPlan == 'container-apps'
var size = !empty(sku) ? sku : hostingPlan == 'premium' ? 'EP1' : 'P0v3'

resource plan 'Microsoft.Web/serverfarms@2024-11-01' = if (!isEnvironment) {
  name: 'plan-${name}'
  location: location
  tags: tags
  kind: hostingPlan == 'premium' ? 'elastic' : 'linux'
  sku: { name: size, capacity: zoneRedundant ? 2 : 1 }
  properties: {
    reserved: true
    zoneRedundant: zoneRedundant
    elasticScaleEnabled: hostingPlan == 'premium' ? true : null
    maximumElasticWorkerCount: hostingPlan == 'premium' ? min(maximumInstances, 100) : null
  }
}

resource environmentOfApps 'Microsoft.App/managedEnvironments@2025-07-01' = if (isEnvironment) {
  name: 'env-${name}'
  location: location
  tags: tags
  properties: {
    appLogsConfiguration: { destination: 'azure-monitor' }
    publicNetworkAccess: empty(subnetId) ? 'Enabled' : 'Disabled'
    vnetConfiguration: empty(subnetId) ? null : { infrastructureSubnetId: subnetId, internal: true }
    workloadProfiles: [{ name: 'Consumption', workloadProfileType: 'Consumption' }]
    zoneRedundant: zoneRedundant && !empty(subnetId)
  }
}

resource logs 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = if (isEnvironment) {
  scope: environmentOfApps
  name: 'logs'
  properties: { workspaceId: workspaceId, logs: [{ categoryGroup: 'allLogs', enabled: true }] }
}
