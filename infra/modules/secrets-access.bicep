// Which secrets of the Key Vault one app may read: its own, each by a role of its own.
import { roles, grant } from 'roles.bicep'

param vaultName string
@description('The resource id of its identity: the names of its roles come from it, so that they are known beforehand.')
param identityId string

param principalId string

@description('The names of the secrets. They must be there: give their values with the first deployment.')
param secrets string[]

resource vault 'Microsoft.KeyVault/vaults@2024-11-01' existing = {
  name: vaultName
}

resource secret 'Microsoft.KeyVault/vaults/secrets@2024-11-01' existing = [
  for name in secrets: { parent: vault, name: name }
]

resource mayRead 'Microsoft.Authorization/roleAssignments@2022-04-01' = [
  for (name, index) in secrets: {
    scope: secret[index]
    name: guid(secret[index].id, identityId, roles.secretsUser)
    properties: grant(principalId, roles.secretsUser)
  }
]
