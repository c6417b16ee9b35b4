// What the host of an app needs in its own storage account, which nobody else uses: blobs for locks, keys, positions and the package, tables for what it
// tells about its own start. https://learn.microsoft.com/azure/azure-functions/functions-reference#connecting-to-host-storage-with-an-identity
import { roles, grant } from 'roles.bicep'

param accountName string
@description('The resource id of its identity: the names of its roles come from it, so that they are known beforehand.')
param identityId string

param principalId string

resource account 'Microsoft.Storage/storageAccounts@2025-01-01' existing = {
  name: accountName
}

resource mayHost 'Microsoft.Authorization/roleAssignments@2022-04-01' = [
  for role in [roles.blobOwner, roles.tableContributor]: {
    scope: account
    name: guid(account.id, identityId, role)
    properties: grant(principalId, role)
  }
]
