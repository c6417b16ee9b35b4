// A storage account with its containers, queues and tables. No key opens it, nobody is anonymous.
import { Network, Logs } from 'types.bicep'

param name string
param location string
param tags object
param replication 'LRS' | 'ZRS' | 'GRS' | 'GZRS'
param containers string[]
param queues string[]
param tables string[]
param network Network
param logs Logs
param softDeleteDays int
param allowSharedKeys bool

@description('Whether it has private endpoints, where the network is private. Without them the apps reach it by their subnet.')
param privateEndpoints bool

@description('Whether it cannot be deleted before its lock is removed.')
param locked bool

var isClosed = network.mode == 'private' && privateEndpoints

resource account 'Microsoft.Storage/storageAccounts@2025-01-01' = {
  name: name
  location: location
  tags: tags
  kind: 'StorageV2'
  sku: { name: 'Standard_${replication}' }
  properties: {
    accessTier: 'Hot'
    allowBlobPublicAccess: false
    allowCrossTenantReplication: false
    allowSharedKeyAccess: allowSharedKeys
    defaultToOAuthAuthentication: true
    minimumTlsVersion: 'TLS1_2'
    supportsHttpsTrafficOnly: true
    publicNetworkAccess: isClosed ? 'Disabled' : 'Enabled'
    networkAcls: {
      bypass: 'None'
      defaultAction: network.mode == 'open' ? 'Allow' : 'Deny'
      ipRules: [
        for range in (network.mode == 'open' || isClosed ? [] : network.allowedIpRanges): {
          action: 'Allow'
          value: range
        }
      ]
      virtualNetworkRules: network.mode == 'open' || isClosed ? [] : [{ action: 'Allow', id: network.appSubnetId }]
    }
  }
}

resource blobs 'Microsoft.Storage/storageAccounts/blobServices@2025-01-01' = {
  parent: account
  name: 'default'
  properties: {
    deleteRetentionPolicy: { enabled: true, days: softDeleteDays }
    containerDeleteRetentionPolicy: { enabled: true, days: softDeleteDays }
  }
}

resource container 'Microsoft.Storage/storageAccounts/blobServices/containers@2025-01-01' = [
  for one in containers: {
    parent: blobs
    name: one
    properties: { publicAccess: 'None' }
  }
]

resource queueService 'Microsoft.Storage/storageAccounts/queueServices@2025-01-01' = {
  parent: account
  name: 'default'
}

resource queue 'Microsoft.Storage/storageAccounts/queueServices/queues@2025-01-01' = [
  for one in queues: {
    parent: queueService
    name: one
  }
]

resource tableService 'Microsoft.Storage/storageAccounts/tableServices@2025-01-01' = {
  parent: account
  name: 'default'
}

resource table 'Microsoft.Storage/storageAccounts/tableServices/tables@2025-01-01' = [
  for one in tables: {
    parent: tableService
    name: one
  }
]

resource lock 'Microsoft.Authorization/locks@2020-05-01' = if (locked) {
  scope: account
  name: 'keep'
  properties: { level: 'CanNotDelete', notes: 'Holds events. Remove this lock before you delete it.' }
}

// Reads would be a line per message.
var logged = [
  { category: 'StorageWrite', enabled: false }
  { category: 'StorageRead', enabled: false }
  { category: 'StorageDelete', enabled: true }
]

resource blobDiagnostics 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = if (logs.diagnostics) {
  scope: blobs
  name: 'logs'
  properties: { workspaceId: logs.workspaceId, logs: logged, metrics: [{ category: 'Transaction', enabled: true }] }
}

resource queueDiagnostics 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = if (logs.diagnostics) {
  scope: queueService
  name: 'logs'
  properties: { workspaceId: logs.workspaceId, metrics: [{ category: 'Transaction', enabled: true }] }
}

module endpoint 'private-endpoint.bicep' = [
  for group in (isClosed ? ['blob', 'queue', 'table'] : []): {
    params: {
      name: '${name}-${group}'
      location: location
      tags: tags
      target: account.id
      group: group
      subnetId: network.endpointSubnetId
      zoneId: network.zoneIds[group]
    }
  }
]
