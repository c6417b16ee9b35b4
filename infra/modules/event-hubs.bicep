// An Event Hubs namespace with a hub per bot. Its readers are the functions, in the group $Default; tools of yours get a group of their own.
import { Network, Logs, Queue } from 'types.bicep'

param name string
param location string
param tags object
param tier 'Standard' | 'Premium'

@description('Throughput units, or processing units with Premium.')
param capacity int

@description('Throughput units at most; 0 for no inflation.')
param mostCapacity int

param hubs Queue[]
param retentionHours int
param network Network
param logs Logs
param zoneRedundant bool
param allowSharedKeys bool
param locked bool

var isClosed = network.mode == 'private'
var inflates = tier == 'Standard' && mostCapacity > capacity

resource namespace 'Microsoft.EventHub/namespaces@2024-01-01' = {
  name: name
  location: location
  tags: tags
  sku: { name: tier, tier: tier, capacity: capacity }
  properties: {
    disableLocalAuth: !allowSharedKeys
    isAutoInflateEnabled: inflates
    kafkaEnabled: true
    maximumThroughputUnits: inflates ? mostCapacity : 0
    minimumTlsVersion: '1.2'
    publicNetworkAccess: isClosed ? 'Disabled' : 'Enabled'
    zoneRedundant: zoneRedundant
  }
}

resource hub 'Microsoft.EventHub/namespaces/eventhubs@2024-01-01' = [
  for one in hubs: {
    parent: namespace
    name: one.name
    properties: {
      partitionCount: min(one.partitions, tier == 'Premium' ? 100 : 32)
      retentionDescription: { cleanupPolicy: 'Delete', retentionTimeInHours: retentionHours }
    }
  }
]

// For people and tools: who looked with the group of the functions would take their places.
resource group 'Microsoft.EventHub/namespaces/eventhubs/consumergroups@2024-01-01' = [
  for (one, index) in hubs: {
    parent: hub[index]
    name: 'onlookers'
  }
]

resource rules 'Microsoft.EventHub/namespaces/networkRuleSets@2024-01-01' = if (network.mode == 'restricted') {
  parent: namespace
  name: 'default'
  properties: {
    defaultAction: 'Deny'
    publicNetworkAccess: 'Enabled'
    trustedServiceAccessEnabled: false
    ipRules: [for range in network.allowedIpRanges: { action: 'Allow', ipMask: range }]
    virtualNetworkRules: [{ ignoreMissingVnetServiceEndpoint: false, subnet: { id: network.appSubnetId } }]
  }
}

resource lock 'Microsoft.Authorization/locks@2020-05-01' = if (locked) {
  scope: namespace
  name: 'keep'
  properties: { level: 'CanNotDelete', notes: 'Holds events. Remove this lock before you delete it.' }
}

resource diagnostics 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = if (logs.diagnostics) {
  scope: namespace
  name: 'logs'
  properties: {
    workspaceId: logs.workspaceId
    logs: [{ category: 'OperationalLogs', enabled: true }]
    metrics: [{ category: 'AllMetrics', enabled: true }]
  }
}

module endpoint 'private-endpoint.bicep' = if (isClosed) {
  params: {
    name: '${name}-namespace'
    location: location
    tags: tags
    target: namespace.id
    group: 'namespace'
    subnetId: network.endpointSubnetId
    zoneId: network.zoneIds.namespace
  }
}
