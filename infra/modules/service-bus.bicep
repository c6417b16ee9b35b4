// A Service Bus namespace with a queue per bot.
import { Network, Logs } from 'types.bicep'

param name string
param location string
param tags object
param tier 'Standard' | 'Premium'
param queues string[]
param network Network
param logs Logs
param zoneRedundant bool
param allowSharedKeys bool
param locked bool

var isClosed = network.mode == 'private'
var isRestricted = network.mode == 'restricted' && tier == 'Premium'

resource namespace 'Microsoft.ServiceBus/namespaces@2024-01-01' = {
  name: name
  location: location
  tags: tags
  sku: tier == 'Premium' ? { name: tier, tier: tier, capacity: 1 } : { name: tier, tier: tier }
  properties: {
    disableLocalAuth: !allowSharedKeys
    minimumTlsVersion: '1.2'
    publicNetworkAccess: isClosed ? 'Disabled' : 'Enabled'
    zoneRedundant: tier == 'Premium' ? zoneRedundant : null
  }
}

// As many deliveries as on Storage queues: the host sets aside what fails so often. The host renews the lock while a function works.
resource queue 'Microsoft.ServiceBus/namespaces/queues@2024-01-01' = [
  for one in queues: {
    parent: namespace
    name: one
    properties: {
      maxDeliveryCount: 5
      lockDuration: 'PT1M'
      deadLetteringOnMessageExpiration: true
      maxSizeInMegabytes: tier == 'Premium' ? 81920 : 5120
      requiresDuplicateDetection: false
      requiresSession: false
    }
  }
]

// Standard knows no network rules: there only a role lets anybody in.
resource rules 'Microsoft.ServiceBus/namespaces/networkRuleSets@2024-01-01' = if (isRestricted) {
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
