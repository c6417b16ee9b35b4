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

// Only the function that tells what waits listens, and it wants a key besides. Packages come through the second door (scm), with an identity.
var isOpen = network.mode == 'open'
var allowed = [
  for (range, index) in network.allowedIpRanges: {
    name: 'allowed-${index}'
    action: 'Allow'
    priority: 100 + index
    ipAddress: contains(range, '/') ? range : '${range}/32'
  }
]

// Flex Consumption refuses what its own section above the site's configuration says.
var mostReady = max(map(concat([{ value: 0 }], items(alwaysReady)), ready => ready.value))
var planConfig = isFlex
  ? {}
  : union(
      { linuxFxVersion: workerRuntime == 'custom' ? 'CUSTOM' : 'DOTNET-ISOLATED|${runtimeVersion}' },
      hostingPlan == 'dedicated'
        ? { alwaysOn: true }
        : {
            functionAppScaleLimit: maximumInstances
            functionsRuntimeScaleMonitoringEnabled: true
            minimumElasticInstanceCount: mostReady
          }
    )

// Without a share for its files, which only a key would open: the package is read from its blob.
var planSettings = isFlex
  ? {}
  : {
      FUNCTIONS_EXTENSION_VERSION: '~4'
      FUNCTIONS_WORKER_RUNTIME: workerRuntime
      WEBSITE_RUN_FROM_PACKAGE: '${deploymentContainer}/app.zip'
      WEBSITE_RUN_FROM_PACKAGE_BLOB_MI_RESOURCE_ID: identityId
    }

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
    virtualNetworkSubnetId: isOpen ? null : network.appSubnetId
    outboundVnetRouting: isOpen || isFlex ? null : { allTraffic: true }
    functionAppConfig: isFlex
      ? {
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
        }
      : null
    siteConfig: union(
      {
        appSettings: map(items(union(settings, planSettings)), setting => { name: setting.key, value: setting.value })
        ftpsState: 'Disabled'
        http20Enabled: true
        ipSecurityRestrictions: isOpen ? [] : allowed
        ipSecurityRestrictionsDefaultAction: isOpen ? 'Allow' : 'Deny'
        minTlsVersion: '1.2'
        scmIpSecurityRestrictions: network.mode == 'private' ? allowed : []
        scmIpSecurityRestrictionsDefaultAction: network.mode == 'private' ? 'Deny' : 'Allow'
        scmIpSecurityRestrictionsUseMain: false
        scmMinTlsVersion: '1.2'
      },
      planConfig
    )
  }
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
