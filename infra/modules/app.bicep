// One function app: its identity, its own host storage, its rights in the pipeline, and the app on the chosen plan.
import { App, Queue, Secret, Network, Logs } from 'types.bicep'
import { roles, grant } from 'roles.bicep'

param app App
param namePrefix string
param location string
param tags object
param hostingPlan 'flex-consumption' | 'premium' | 'dedicated' | 'container-apps'
param workerRuntime 'custom' | 'dotnet-isolated'

@description('The plan that apps share, or the environment of container apps; empty with flex-consumption, where each app has a plan of its own.')
param sharedPlanId string

param queues Queue[]
param secrets Secret[]
param network Network
param logs Logs
param insightsName string
param pipelineStorageName string
param serviceBusName string
param eventHubsName string
param vaultName string
param kafkaBrokers string
param instanceMemoryMB int
param maximumInstances int
param zoneRedundant bool
param replication 'LRS' | 'ZRS' | 'GRS' | 'GZRS'
param softDeleteDays int
param allowSharedKeys bool
param containerImage string
param containerRegistry string

// What holds rows and blobs of all bots: state, parked messages, dead letters, raw data.
param tables string[]
param containers string[]

var suffix = uniqueString(resourceGroup().id, namePrefix, app.name)
var name = '${namePrefix}-${take(app.name, 28)}-${suffix}'
var containerName = '${take(namePrefix, 6)}-${replace(take(app.name, 10), '-', '')}-${suffix}'
var hostStorageName = '${take(namePrefix, 6)}host${suffix}'
var deployments = 'deployments'

resource identity 'Microsoft.ManagedIdentity/userAssignedIdentities@2024-11-30' = {
  name: 'id-${name}'
  location: location
  tags: tags
}

// The host's leases, locks, keys and positions, and the package: nobody else's business.
module hostStorage 'storage-account.bicep' = {
  params: {
    name: hostStorageName
    location: location
    tags: tags
    replication: replication
    containers: [deployments]
    queues: []
    tables: []
    network: network
    logs: logs
    softDeleteDays: softDeleteDays
    allowSharedKeys: allowSharedKeys
    privateEndpoints: false
    locked: false
  }
}

module hostAccess 'host-storage-access.bicep' = {
  params: { accountName: hostStorageName, identityId: identity.id, principalId: identity.properties.principalId }
  dependsOn: [hostStorage]
}

func named(queues Queue[], names string[], transport string) Queue[] =>
  filter(queues, queue => queue.transport == transport && contains(names, queue.name))

var storageReads = named(queues, app.reads, 'storage-queue')
var storageQueues = filter(queues, queue => queue.transport == 'storage-queue')

module storageAccess 'storage-access.bicep' = {
  params: {
    accountName: pipelineStorageName
    identityId: identity.id
    principalId: identity.properties.principalId
    reads: concat(map(storageReads, queue => queue.name), map(storageReads, queue => queue.poison!))
    writes: filter(
      map(named(queues, app.writes, 'storage-queue'), queue => queue.name),
      queue => !contains(app.reads, queue)
    )
    looksAt: app.servesAll
      ? filter(
          concat(map(storageQueues, queue => queue.name), map(storageQueues, queue => queue.poison!)),
          queue => !contains(concat(map(storageReads, one => one.name), map(storageReads, one => one.poison!)), queue)
        )
      : []
    tables: tables
    readsContainers: app.readsContainers
    writesContainers: concat(containers, app.writesContainers)
  }
}

module serviceBusAccess 'service-bus-access.bicep' = if (!empty(serviceBusName)) {
  params: {
    namespaceName: serviceBusName
    identityId: identity.id
    principalId: identity.properties.principalId
    reads: map(named(queues, app.reads, 'service-bus'), queue => queue.name)
    writes: map(named(queues, app.writes, 'service-bus'), queue => queue.name)
    looksAtAll: app.servesAll
  }
}

module eventHubsAccess 'event-hubs-access.bicep' = if (!empty(eventHubsName)) {
  params: {
    namespaceName: eventHubsName
    identityId: identity.id
    principalId: identity.properties.principalId
    reads: map(named(queues, app.reads, 'event-hubs'), queue => queue.name)
    writes: map(named(queues, app.writes, 'event-hubs'), queue => queue.name)
  }
}

var ownSecrets = filter(secrets, secret => contains(app.secrets, secret.setting))
var vaultSecrets = filter(ownSecrets, secret => secret.?reference == null)

module secretsAccess 'secrets-access.bicep' = if (!empty(vaultSecrets)) {
  params: {
    vaultName: vaultName
    identityId: identity.id
    principalId: identity.properties.principalId
    secrets: map(vaultSecrets, secret => secret.secretName)
  }
}

resource insights 'Microsoft.Insights/components@2020-02-02' existing = {
  name: insightsName
}

resource mayReport 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  scope: insights
  name: guid(insights.id, identity.id, roles.metricsPublisher)
  properties: grant(identity.properties.principalId, roles.metricsPublisher)
}

// Every connection is by identity: https://learn.microsoft.com/azure/azure-functions/functions-reference#configure-an-identity-based-connection
var clientId = identity.properties.clientId
var uses = map(filter(queues, queue => contains(concat(app.reads, app.writes), queue.name)), queue => queue.transport)
var settings = union(
  {
    APPLICATIONINSIGHTS_AUTHENTICATION_STRING: 'ClientId=${clientId};Authorization=AAD'
    APPLICATIONINSIGHTS_CONNECTION_STRING: insights.properties.ConnectionString
    AzureFunctionsWebHost__hostid: take(replace('${take(app.name, 16)}-${suffix}', '--', '-'), 32)
    AzureWebJobsStorage__accountName: hostStorageName
    AzureWebJobsStorage__clientId: clientId
    AzureWebJobsStorage__credential: 'managedidentity'
    IntelMqStorage__accountName: pipelineStorageName
    IntelMqStorage__clientId: clientId
    IntelMqStorage__credential: 'managedidentity'
  },
  contains(uses, 'storage-queue')
    ? {
        IntelMqQueues__clientId: clientId
        IntelMqQueues__credential: 'managedidentity'
        IntelMqQueues__queueServiceUri: 'https://${pipelineStorageName}.queue.${environment().suffixes.storage}'
      }
    : {},
  contains(uses, 'service-bus')
    ? {
        IntelMqServiceBus__clientId: clientId
        IntelMqServiceBus__credential: 'managedidentity'
        IntelMqServiceBus__fullyQualifiedNamespace: '${serviceBusName}.servicebus.windows.net'
      }
    : {},
  contains(uses, 'service-bus') && app.servesAll
    ? {
        IntelMqServiceBus__resourceId: resourceId('Microsoft.ServiceBus/namespaces', serviceBusName)
      }
    : {},
  contains(uses, 'event-hubs')
    ? {
        IntelMqEventHubs__clientId: clientId
        IntelMqEventHubs__credential: 'managedidentity'
        IntelMqEventHubs__fullyQualifiedNamespace: '${eventHubsName}.servicebus.windows.net'
      }
    : {},
  contains(uses, 'kafka') ? { IntelMqKafkaBrokers: kafkaBrokers } : {},
  toObject(
    range(0, length(app.functions)),
    index => 'AzureFunctionsJobHost__functions__${index}',
    index => app.functions[index]
  ),
  app.settings
)

module site 'function-app.bicep' = if (hostingPlan != 'container-apps') {
  params: {
    name: name
    location: location
    tags: union(tags, { 'intelmq-app': app.name })
    hostingPlan: hostingPlan == 'flex-consumption'
      ? 'flex-consumption'
      : hostingPlan == 'premium' ? 'premium' : 'dedicated'
    workerRuntime: workerRuntime
    sharedPlanId: sharedPlanId
    identityId: identity.id
    settings: union(
      settings,
      toObject(
        ownSecrets,
        secret => secret.setting,
        secret =>
          secret.?reference ?? '@Microsoft.KeyVault(SecretUri=https://${vaultName}${environment().suffixes.keyvaultDns}/secrets/${secret.secretName})'
      )
    )
    network: network
    deploymentContainer: 'https://${hostStorageName}.blob.${environment().suffixes.storage}/${deployments}'
    instanceMemoryMB: instanceMemoryMB
    maximumInstances: app.?maximumInstances ?? maximumInstances
    alwaysReady: app.alwaysReady
    zoneRedundant: zoneRedundant
  }
  dependsOn: [hostAccess, storageAccess, serviceBusAccess, eventHubsAccess, secretsAccess, mayReport]
}

module container 'container-app.bicep' = if (hostingPlan == 'container-apps') {
  params: {
    name: containerName
    location: location
    tags: union(tags, { 'intelmq-app': app.name })
    environmentId: sharedPlanId
    identityId: identity.id
    principalId: identity.properties.principalId
    settings: union(settings, {
      // The host looks for its keys with a connection string otherwise.
      AzureWebJobsSecretStorageType: 'Files'
      FUNCTIONS_WORKER_RUNTIME: workerRuntime
    })
    secrets: ownSecrets
    vaultName: vaultName
    image: containerImage
    registry: containerRegistry
    minimumInstances: max(map(concat([{ value: app.hasTimers ? 1 : 0 }], items(app.alwaysReady)), ready => ready.value))
    maximumInstances: app.?maximumInstances ?? maximumInstances
  }
  dependsOn: [hostAccess, storageAccess, serviceBusAccess, eventHubsAccess, secretsAccess, mayReport]
}

output name string = hostingPlan == 'container-apps' ? containerName : name
