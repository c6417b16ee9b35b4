// What one app may do in the Event Hubs namespace: take from its own hubs, send to the next ones.
import { roles, grant } from 'roles.bicep'

param namespaceName string
@description('The resource id of its identity: the names of its roles come from it, so that they are known beforehand.')
param identityId string

param principalId string
param reads string[]
param writes string[]

resource namespace 'Microsoft.EventHub/namespaces@2024-01-01' existing = {
  name: namespaceName
}

resource read 'Microsoft.EventHub/namespaces/eventhubs@2024-01-01' existing = [
  for name in reads: { parent: namespace, name: name }
]
resource written 'Microsoft.EventHub/namespaces/eventhubs@2024-01-01' existing = [
  for name in writes: { parent: namespace, name: name }
]

resource mayTake 'Microsoft.Authorization/roleAssignments@2022-04-01' = [
  for (name, index) in reads: {
    scope: read[index]
    name: guid(read[index].id, identityId, roles.eventHubsReceiver)
    properties: grant(principalId, roles.eventHubsReceiver)
  }
]

resource maySend 'Microsoft.Authorization/roleAssignments@2022-04-01' = [
  for (name, index) in writes: {
    scope: written[index]
    name: guid(written[index].id, identityId, roles.eventHubsSender)
    properties: grant(principalId, roles.eventHubsSender)
  }
]
