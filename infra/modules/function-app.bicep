// A function app on Flex Consumption (with a plan of its own), Premium or Dedicated.
import { Network } from 'types.bicep'

param name string
param location string
param tags object
param hostingPlan 'flex-consumption' | 'premium' | 'dedicated'
param workerRuntime 'custom' | 'dotnet-isolated'
param sharedPlanId string
param identityId string
param settings { *: string }
param network Network

@description('The container that holds the package, as a URL.')
param deploymentContainer string

param instanceMemoryMB int
param maximumInstances int
param alwaysReady { *: int }
param zoneRedundant bool

var isFlex = hostingPlan == 'flex-consumption'
var runtimeVersion = workerRuntime == 'custom' ? '1.0' : '10.0'

resource plan 'Microsoft.Web/serverfarms@2024-11-01' = if (isFlex) {
  name: 'plan-${name}'
  location: location
  tags: tags
  kind: 'functionapp'
  sku: { name: 'FC1', tier: 'FlexConsumption' }
  properties: { reserved: true, zoneRedundant: zoneRedundant }
}

// Only the function that tells what waits listens, and it wants a key besides.
var isOpen = network.mode == 'open'
var allowed = [
  for (range, index) in network.allowedIpRanges: {
    name: 'allowed-${index}'
    action: 'Allow'
    priority: 100 + index
    ipAddress: contains(range, '/') ? range : '${range}/32'
  }
]

resource site 'Microsoft.Web/sites@2024-11-01' = {
  name: name
  location: location
  tags: tags
  kind: 'functionapp,linux'
  identity: { type: 'UserAssigned', userAssignedIdentities: { '${identityId}': {} } }
  properties: {
    serverFarmId: isFlex ? plan.id : sharedPlanId
    httpsOnly: true
    keyVaultReferenceIdentity: identityId
    publicNetworkAccess: network.mode == 'private' ? 'Disabled' : 'Enabled'
    virtualNetworkSubnetId: isOpen ? null : network.appSubnetId
    outboundVnetRouting: isOpen || isFlex ? null : { allTraffic: true }
    functionAppConfig: isFlex ? {
      deployment: {
        storage: {
          type: 'blobContainer'
          value: deploymentContainer
          authentication: { type: 'UserAssignedIdentity', userAssignedIdentityResourceId: identityId }
        }
      }
      runtime: { name: workerRuntime, version: runtimeVersion }
      scaleAndConcurrency: {
        instanceMemoryMB: instanceMemoryMB
        maximumInstanceCount: maximumInstances
        alwaysReady: map(items(alwaysReady), ready => { name: 'function:${ready.key}', instanceCount: ready.value })
      }
    } : null
    siteConfig: {
      alwaysOn: hostingPlan == 'dedicated' ? true : null
      ftpsState: 'Disabled'
      functionAppScaleLimit: hostingPlan == 'premium' ? maximumInstances : null
      functionsRuntimeScaleMonitoringEnabled: hostingPlan == 'premium' ? true : null
      http20Enabled: true
      ipSecurityRestrictions: isOpen ? [] : allowed
      ipSecurityRestrictionsDefaultAction: isOpen ? 'Allow' : 'Deny'
      linuxFxVersion: isFlex ? null : workerRuntime == 'custom' ? '' : 'DOTNET-ISOLATED|${runtimeVersion}'
      minimumElasticInstanceCount: hostingPlan == 'premium' ? max(map(concat([{ value: 0 }], items(alwaysReady)), ready => ready.value)) : null
      minTlsVersion: '1.2'
      remoteDebuggingEnabled: false
      scmIpSecurityRestrictionsDefaultAction: 'Allow'
      scmIpSecurityRestrictionsUseMain: false
      scmMinTlsVersion: '1.2'
    }
  }
}

// Set apart from the site, so that they are not shown where the site is.
resource appSettings 'Microsoft.Web/sites/config@2024-11-01' = {
  parent: site
  name: 'appsettings'
  properties: union(settings, isFlex ? {} : { FUNCTIONS_EXTENSION_VERSION: '~4', FUNCTIONS_WORKER_RUNTIME: workerRuntime })
}

// Packages come with an identity, never with a password.
resource ftp 'Microsoft.Web/sites/basicPublishingCredentialsPolicies@2024-11-01' = {
  parent: site
  name: 'ftp'
  properties: { allow: false }
}

resource scm 'Microsoft.Web/sites/basicPublishingCredentialsPolicies@2024-11-01' = {
  parent: site
  name: 'scm'
  properties: { allow: false }
}
