// What one app may do in the Service Bus namespace: take from its own queues, send to the next ones.
import { roles, grant } from 'roles.bicep'

param namespaceName string
@description('The resource id of its identity: the names of its roles come from it, so that they are known beforehand.')
param identityId string

param principalId string
param reads string[]
param writes string[]

@description('Whether it looks at how full all queues are, through Azure Resource Manager.')
param looksAtAll bool

resource namespace 'Microsoft.ServiceBus/namespaces@2024-01-01' existing = {
  name: namespaceName
}

resource read 'Microsoft.ServiceBus/namespaces/queues@2024-01-01' existing = [
  for name in reads: { parent: namespace, name: name }
]
resource written 'Microsoft.ServiceBus/namespaces/queues@2024-01-01' existing = [
  for name in writes: { parent: namespace, name: name }
]

resource mayTake 'Microsoft.Authorization/roleAssignments@2022-04-01' = [
  for (name, index) in reads: {
    scope: read[index]
    name: guid(read[index].id, identityId, roles.serviceBusReceiver)
    properties: grant(principalId, roles.serviceBusReceiver)
  }
]

resource maySend 'Microsoft.Authorization/roleAssignments@2022-04-01' = [
  for (name, index) in writes: {
    scope: written[index]
    name: guid(written[index].id, identityId, roles.serviceBusSender)
    properties: grant(principalId, roles.serviceBusSender)
  }
]

resource mayLook 'Microsoft.Authorization/roleAssignments@2022-04-01' = if (looksAtAll) {
  scope: namespace
  name: guid(namespace.id, identityId, roles.reader)
  properties: grant(principalId, roles.reader)
}
