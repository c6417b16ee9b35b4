// The Key Vault of the pipeline. Roles open it, access policies do not.
import { Network, Logs } from 'types.bicep'

param name string
param location string
param tags object
param network Network
param logs Logs
param softDeleteDays int
param purgeProtection bool
param locked bool

@description('The names of the secrets.')
param names string[]

@description('Their values by their names. An empty one leaves the secret as it is in the vault.')
@secure()
param values object

var isClosed = network.mode == 'private'

resource vault 'Microsoft.KeyVault/vaults@2024-11-01' = {
  name: name
  location: location
  tags: tags
  properties: {
    tenantId: tenant().tenantId
    sku: { family: 'A', name: 'standard' }
    enableRbacAuthorization: true
    enableSoftDelete: true
    softDeleteRetentionInDays: softDeleteDays

    // Azure takes no false: what is protected once stays so.
    enablePurgeProtection: purgeProtection ? true : null
    publicNetworkAccess: isClosed ? 'Disabled' : 'Enabled'
    networkAcls: {
      // Secrets are written by Azure Resource Manager, with the deployment.
      bypass: 'AzureServices'
      defaultAction: network.mode == 'open' ? 'Allow' : 'Deny'
      ipRules: [for range in (network.mode == 'restricted' ? network.allowedIpRanges : []): { value: range }]
      virtualNetworkRules: network.mode == 'restricted'
        ? [{ id: network.appSubnetId, ignoreMissingVnetServiceEndpoint: false }]
        : []
    }
  }
}

resource secret 'Microsoft.KeyVault/vaults/secrets@2024-11-01' = [
  for one in names: if (!empty(values[?one])) {
    parent: vault
    name: one
    properties: { value: values[one], contentType: 'text/plain' }
  }
]

resource lock 'Microsoft.Authorization/locks@2020-05-01' = if (locked) {
  scope: vault
  name: 'keep'
  properties: {
    level: 'CanNotDelete'
    notes: 'Holds the secrets of feeds and outputs. Remove this lock before you delete it.'
  }
}

resource diagnostics 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = if (logs.diagnostics) {
  scope: vault
  name: 'logs'
  properties: { workspaceId: logs.workspaceId, logs: [{ category: 'AuditEvent', enabled: true }] }
}

module endpoint 'private-endpoint.bicep' = if (isClosed) {
  params: {
    name: '${name}-vault'
    location: location
    tags: tags
    target: vault.id
    group: 'vault'
    subnetId: network.endpointSubnetId
    zoneId: network.zoneIds.vault
  }
}
