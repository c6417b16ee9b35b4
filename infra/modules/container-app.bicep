// A function app as a container app: the package on a Functions base image; the platform scales it by its triggers.
import { Secret } from 'types.bicep'
import { roles, grant } from 'roles.bicep'

param name string
param location string
param tags object
param environmentId string
param identityId string
param principalId string
param settings { *: string }
param secrets Secret[]
param vaultName string
param image string
param registry string
param minimumInstances int
param maximumInstances int

// A reference names its secret by URI, or by vault and name.
func addressOf(reference string, dns string) string =>
  contains(reference, 'SecretUri=')
    ? split(split(reference, 'SecretUri=')[1], ')')[0]
    : 'https://${split(split(split(reference, 'VaultName=')[1], ';')[0], ')')[0]}${dns}/secrets/${split(split(split(reference, 'SecretName=')[1], ';')[0], ')')[0]}'

resource pullsFrom 'Microsoft.ContainerRegistry/registries@2025-04-01' existing = if (!empty(registry)) {
  name: registry
}

resource mayPull 'Microsoft.Authorization/roleAssignments@2022-04-01' = if (!empty(registry)) {
  scope: pullsFrom
  name: guid(pullsFrom.id, identityId, roles.acrPull)
  properties: grant(principalId, roles.acrPull)
}

resource app 'Microsoft.App/containerApps@2025-07-01' = {
  name: name
  location: location
  tags: tags
  kind: 'functionapp'
  identity: { type: 'UserAssigned', userAssignedIdentities: { '${identityId}': {} } }
  properties: {
    environmentId: environmentId
    configuration: {
      activeRevisionsMode: 'Single'
      ingress: { external: false, targetPort: 80, transport: 'auto', allowInsecure: false }
      registries: empty(registry) ? [] : [{ server: pullsFrom!.properties.loginServer, identity: identityId }]
      secrets: [
        for secret in secrets: {
          name: secret.secretName
          identity: identityId
          keyVaultUrl: secret.?reference == null
            ? 'https://${vaultName}${environment().suffixes.keyvaultDns}/secrets/${secret.secretName}'
            : addressOf(secret.reference!, environment().suffixes.keyvaultDns)
        }
      ]
    }
    template: {
      containers: [
        {
          name: 'functions'
          image: image
          resources: { cpu: json('0.5'), memory: '1Gi' }
          env: concat(
            map(items(settings), setting => { name: setting.key, value: setting.value }),
            map(secrets, secret => { name: secret.setting, secretRef: secret.secretName })
          )
        }
      ]
      scale: { minReplicas: minimumInstances, maxReplicas: maximumInstances }
    }
  }
  dependsOn: [mayPull]
}
