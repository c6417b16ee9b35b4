// What one app may do in the storage account of the pipeline: roles on single queues, tables and containers.
import { roles, grant } from 'roles.bicep'

param accountName string
@description('The resource id of its identity: the names of its roles come from it, so that they are known beforehand.')
param identityId string

param principalId string

@description('Queues whose messages it takes.')
param reads string[]

@description('Queues that it sends to.')
param writes string[]

@description('Queues that it looks at.')
param looksAt string[]

param tables string[]
param readsContainers string[]
param writesContainers string[]

resource account 'Microsoft.Storage/storageAccounts@2025-01-01' existing = {
  name: accountName

  resource queues 'queueServices' existing = {
    name: 'default'
  }

  resource tableService 'tableServices' existing = {
    name: 'default'
  }

  resource blobs 'blobServices' existing = {
    name: 'default'
  }
}

resource read 'Microsoft.Storage/storageAccounts/queueServices/queues@2025-01-01' existing = [
  for name in reads: { parent: account::queues, name: name }
]
resource written 'Microsoft.Storage/storageAccounts/queueServices/queues@2025-01-01' existing = [
  for name in writes: { parent: account::queues, name: name }
]
resource seen 'Microsoft.Storage/storageAccounts/queueServices/queues@2025-01-01' existing = [
  for name in looksAt: { parent: account::queues, name: name }
]
resource table 'Microsoft.Storage/storageAccounts/tableServices/tables@2025-01-01' existing = [
  for name in tables: { parent: account::tableService, name: name }
]
resource readContainer 'Microsoft.Storage/storageAccounts/blobServices/containers@2025-01-01' existing = [
  for name in readsContainers: { parent: account::blobs, name: name }
]
resource writtenContainer 'Microsoft.Storage/storageAccounts/blobServices/containers@2025-01-01' existing = [
  for name in writesContainers: { parent: account::blobs, name: name }
]

// The host keeps a message that is worked on hidden, which needs the right to change it: 'Message Processor' alone does not have that.
resource mayTake 'Microsoft.Authorization/roleAssignments@2022-04-01' = [
  for (name, index) in reads: {
    scope: read[index]
    name: guid(read[index].id, identityId, roles.queueContributor)
    properties: grant(principalId, roles.queueContributor)
  }
]

resource maySend 'Microsoft.Authorization/roleAssignments@2022-04-01' = [
  for (name, index) in writes: {
    scope: written[index]
    name: guid(written[index].id, identityId, roles.queueSender)
    properties: grant(principalId, roles.queueSender)
  }
]

resource mayLook 'Microsoft.Authorization/roleAssignments@2022-04-01' = [
  for (name, index) in looksAt: {
    scope: seen[index]
    name: guid(seen[index].id, identityId, roles.queueReader)
    properties: grant(principalId, roles.queueReader)
  }
]

resource mayKeep 'Microsoft.Authorization/roleAssignments@2022-04-01' = [
  for (name, index) in tables: {
    scope: table[index]
    name: guid(table[index].id, identityId, roles.tableContributor)
    properties: grant(principalId, roles.tableContributor)
  }
]

resource mayRead 'Microsoft.Authorization/roleAssignments@2022-04-01' = [
  for (name, index) in readsContainers: {
    scope: readContainer[index]
    name: guid(readContainer[index].id, identityId, roles.blobReader)
    properties: grant(principalId, roles.blobReader)
  }
]

resource mayWrite 'Microsoft.Authorization/roleAssignments@2022-04-01' = [
  for (name, index) in writesContainers: {
    scope: writtenContainer[index]
    name: guid(writtenContainer[index].id, identityId, roles.blobContributor)
    properties: grant(principalId, roles.blobContributor)
  }
]
