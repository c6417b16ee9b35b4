// Everything that a compiled pipeline needs in a resource group. 'intelmq compile' writes main.bicepparam, which says what.
import { App, Queue, Secret } from 'modules/types.bicep'

// ---- What the pipeline is: written by the compiler ----

@description('All transports in use.')
param transports ('storage-queue' | 'service-bus' | 'event-hubs' | 'kafka' | 'rabbitmq')[]

@description('The instance: part of every message id.')
param instance string

@description('How the Functions host runs the app: as a custom handler, or as the .NET isolated worker.')
param workerRuntime 'custom' | 'dotnet-isolated' = 'custom'

@description('The blob containers that bots read or write.')
param blobContainers string[] = []

@description('The function apps.')
param apps App[]

@description('The queues, hubs or topics.')
param queues Queue[]

@description('The secrets of the pipeline.')
param secrets Secret[] = []

@description('Values of secrets by their names in the Key Vault; an empty one leaves the secret as it is there.')
@secure()
param secretValues object = {}

// ---- What the deployment is: 'global: deployment:' in the pipeline file ----

@description('The hosting plan of the function apps.')
param hostingPlan 'flex-consumption' | 'premium' | 'dedicated' | 'container-apps' = 'flex-consumption'

@description('The beginning of the names of all resources: 2 to 11 lower-case letters and digits, a letter first.')
@minLength(2)
@maxLength(11)
param namePrefix string = 'intelmq'

@description('The region; without it that of the resource group.')
param location string = resourceGroup().location

@description('Tags of every resource, by name.')
param tags { *: string } = {}

@description('How often storage accounts keep everything: within a building (LRS), in three zones of the region (ZRS), and in another region too (GRS, GZRS). Regions without zones take LRS.')
param storageReplication 'LRS' | 'ZRS' | 'GRS' | 'GZRS' = 'ZRS'

@description('Instances, namespaces and environments are spread over zones, where plan and tier can; costs more.')
param zoneRedundant bool = false

@description('Who reaches the storage accounts, the Key Vault and the namespaces: every network (open), the apps\' own subnet and allowed addresses (restricted), or private endpoints only (private). Nobody gets in without a role in any case.')
param network 'open' | 'restricted' | 'private' = 'restricted'

@description('Public addresses or ranges (192.0.2.0/24) that may reach the data and the status function besides the apps; with network private they reach the status function, and bring packages. Not used with network open.')
param allowedIpRanges string[] = []

@description('The addresses of the virtual network, a /24 or larger that no connected network uses: half of them for the apps, up to forty each.')
param addressPrefix string = '10.60.0.0/20'

@description('The memory of an instance on Flex Consumption, in MB.')
param instanceMemoryMB 512 | 2048 | 4096 = 2048

@description('The instances of an app at most, where its bots say nothing else.')
@minValue(1)
@maxValue(1000)
param maximumInstances int = 40

@description('The size of the plans premium and dedicated: EP1, EP2, EP3; B1, S1, P0v3 and so on. Without it EP1 or P0v3.')
param planSku string = ''

@description('The image that container-apps runs: the package on a Functions base image.')
param containerImage string = ''

@description('The name of the container registry of this resource group that holds the image; the apps\' identities may pull from it.')
param containerRegistry string = ''

@description('The tier of the Service Bus namespace. Only Premium knows networks, so network private takes Premium.')
param serviceBusTier 'Standard' | 'Premium' = 'Standard'

@description('The tier of the Event Hubs namespace: Standard holds ten hubs, Premium a hundred. More than ten hubs take Premium whatever stands here.')
param eventHubsTier 'Standard' | 'Premium' = 'Standard'

@description('Throughput units (Standard), or processing units (Premium: 1, 2, 4, 8, 16).')
@minValue(1)
@maxValue(40)
param eventHubsCapacity int = 1

@description('Throughput units at most, to which a Standard namespace inflates by itself; 0 for no inflation.')
@minValue(0)
@maxValue(40)
param eventHubsMostCapacity int = 4

@description('The Kafka brokers: HOST:PORT,HOST:PORT.')
param kafkaBrokers string = ''

@description('How long event hubs keep what was read, in hours.')
@minValue(1)
@maxValue(168)
param messageRetentionHours int = 24

@description('How long deleted blobs, containers, secrets and the vault can be brought back, in days.')
@minValue(7)
@maxValue(90)
param softDeleteDays int = 14

@description('A deleted Key Vault can not be wiped before its time; cannot be taken back.')
param purgeProtection bool = true

@description('The storage account of the pipeline, the Key Vault and the namespaces cannot be deleted before their lock is removed.')
param deleteLocks bool = true

@description('Account keys and connection strings open storage accounts and namespaces, besides identities.')
param allowSharedKeys bool = false

@description('How long logs are kept, in days.')
@minValue(30)
@maxValue(730)
param logRetentionDays int = 30

@description('Logs taken in per day at most, in GB; -1 for no limit. What is above it is not kept.')
@minValue(-1)
@maxValue(1000)
param dailyLogGigabytes int = 5

@description('Who did what at storage, vault and namespaces is logged too.')
param diagnosticSettings bool = true

@description('Who is told of alerts.')
param alertEmails string[] = []

@description('Alert when so many messages became dead letters within a quarter of an hour; 0 for no alert.')
@minValue(0)
@maxValue(1000000)
param deadLetterAlert int = 1

@description('Alert when messages wait this long in a queue, in minutes; 0 for no alert.')
@minValue(0)
@maxValue(10080)
param queueAgeAlert int = 60

@description('Alert when this share of the calls failed within a quarter of an hour, in percent; 0 for no alert.')
@minValue(0)
@maxValue(100)
param failureAlert int = 10

@description('What the resource group may cost a month, in the currency of the subscription, before the people of alert_emails are told; 0 for no budget.')
@minValue(0)
@maxValue(1000000000)
param monthlyBudget int = 0

@description('The first month of the budget: 2026-12-01.')
param budgetStart string = ''

// ---- Names: known before anything is made, so that a preview of a deployment can show everything ----

var suffix = uniqueString(resourceGroup().id, namePrefix)
var base = '${namePrefix}-${suffix}'
var allTags = union({ 'intelmq-instance': instance }, tags)
var storageName = '${namePrefix}${suffix}'
var vaultName = '${take(namePrefix, 10)}-${suffix}'
var serviceBusName = '${base}-bus'
var eventHubsName = '${base}-hubs'
var workspaceId = resourceId('Microsoft.OperationalInsights/workspaces', base)

// Made by bots of all apps: see IntelMq.Azure.
var tables = ['intelmqstate', 'intelmqparked']
var containers = ['intelmq-raw', 'intelmq-dead-letters', 'intelmqparked']

var usesServiceBus = contains(transports, 'service-bus')
var usesEventHubs = contains(transports, 'event-hubs')
var isPrivate = network == 'private'

// ---- Logs ----

module monitoring 'modules/monitoring.bicep' = {
  params: {
    name: base
    location: location
    tags: allTags
    retentionDays: logRetentionDays
    dailyGigabytes: dailyLogGigabytes
    allowSharedKeys: allowSharedKeys
  }
}

var logs = { workspaceId: workspaceId, diagnostics: diagnosticSettings }

// ---- Network ----

var groups = isPrivate
  ? concat(['blob', 'queue', 'table', 'vault'], usesServiceBus || usesEventHubs ? ['namespace'] : [])
  : []
var zones = {
  blob: 'privatelink.blob.${environment().suffixes.storage}'
  queue: 'privatelink.queue.${environment().suffixes.storage}'
  table: 'privatelink.table.${environment().suffixes.storage}'
  vault: 'privatelink.vaultcore.azure.net'
  namespace: 'privatelink.servicebus.windows.net'
}

module virtualNetwork 'modules/network.bicep' = if (network != 'open') {
  params: {
    name: base
    location: location
    tags: allTags
    addressPrefix: addressPrefix
    delegation: hostingPlan == 'premium' || hostingPlan == 'dedicated'
      ? 'Microsoft.Web/serverFarms'
      : 'Microsoft.App/environments'
    zones: map(groups, group => zones[group])
  }
}

var reach = {
  mode: network
  appSubnetId: network == 'open' ? '' : resourceId('Microsoft.Network/virtualNetworks/subnets', base, 'apps')
  endpointSubnetId: isPrivate ? resourceId('Microsoft.Network/virtualNetworks/subnets', base, 'endpoints') : ''
  zoneIds: toObject(groups, group => group, group => resourceId('Microsoft.Network/privateDnsZones', zones[group]))
  allowedIpRanges: allowedIpRanges
}

// ---- What holds events ----

var storageQueues = filter(queues, queue => queue.transport == 'storage-queue')

module storage 'modules/storage-account.bicep' = {
  params: {
    name: storageName
    location: location
    tags: allTags
    replication: storageReplication
    containers: union(containers, blobContainers)
    queues: concat(map(storageQueues, queue => queue.name), map(storageQueues, queue => queue.poison!))
    tables: tables
    network: reach
    logs: logs
    softDeleteDays: softDeleteDays
    allowSharedKeys: allowSharedKeys
    privateEndpoints: true
    locked: deleteLocks
  }
  dependsOn: [monitoring, virtualNetwork]
}

module serviceBus 'modules/service-bus.bicep' = if (usesServiceBus) {
  params: {
    name: serviceBusName
    location: location
    tags: allTags
    tier: serviceBusTier
    queues: map(filter(queues, queue => queue.transport == 'service-bus'), queue => queue.name)
    network: reach
    logs: logs
    zoneRedundant: zoneRedundant
    allowSharedKeys: allowSharedKeys
    locked: deleteLocks
  }
  dependsOn: [monitoring, virtualNetwork]
}

module eventHubs 'modules/event-hubs.bicep' = if (usesEventHubs) {
  params: {
    name: eventHubsName
    location: location
    tags: allTags
    tier: eventHubsTier
    capacity: eventHubsCapacity
    mostCapacity: eventHubsMostCapacity
    hubs: filter(queues, queue => queue.transport == 'event-hubs')
    retentionHours: messageRetentionHours
    network: reach
    logs: logs
    zoneRedundant: zoneRedundant
    allowSharedKeys: allowSharedKeys
    locked: deleteLocks
  }
  dependsOn: [monitoring, virtualNetwork]
}

module vault 'modules/key-vault.bicep' = {
  params: {
    name: vaultName
    location: location
    tags: allTags
    network: reach
    logs: logs
    softDeleteDays: softDeleteDays
    purgeProtection: purgeProtection
    locked: deleteLocks
    names: map(filter(secrets, secret => secret.?reference == null), secret => secret.secretName)
    values: secretValues
  }
  dependsOn: [monitoring, virtualNetwork]
}

// ---- The apps ----

module plan 'modules/shared-plan.bicep' = if (hostingPlan != 'flex-consumption') {
  params: {
    name: base
    location: location
    tags: allTags
    hostingPlan: hostingPlan == 'premium' ? 'premium' : hostingPlan == 'dedicated' ? 'dedicated' : 'container-apps'
    sku: planSku
    maximumInstances: maximumInstances
    subnetId: reach.appSubnetId
    workspaceId: workspaceId
    zoneRedundant: zoneRedundant
  }
  dependsOn: [monitoring, virtualNetwork]
}

module functionApp 'modules/app.bicep' = [
  for app in apps: {
    name: 'app-${app.name}'
    params: {
      app: app
      namePrefix: namePrefix
      location: location
      tags: allTags
      hostingPlan: hostingPlan
      workerRuntime: workerRuntime
      sharedPlanId: hostingPlan == 'flex-consumption'
        ? ''
        : hostingPlan == 'container-apps'
            ? resourceId('Microsoft.App/managedEnvironments', 'env-${base}')
            : resourceId('Microsoft.Web/serverfarms', 'plan-${base}')
      queues: queues
      secrets: secrets
      network: reach
      logs: logs
      insightsName: base
      pipelineStorageName: storageName
      serviceBusName: usesServiceBus ? serviceBusName : ''
      eventHubsName: usesEventHubs ? eventHubsName : ''
      vaultName: vaultName
      kafkaBrokers: contains(transports, 'kafka') && empty(kafkaBrokers)
        ? fail('The pipeline uses Kafka: name its brokers in the pipeline file, kafka_brokers below global: deployment.')
        : kafkaBrokers
      instanceMemoryMB: instanceMemoryMB
      maximumInstances: maximumInstances
      zoneRedundant: zoneRedundant
      replication: storageReplication
      softDeleteDays: softDeleteDays
      allowSharedKeys: allowSharedKeys
      containerImage: hostingPlan == 'container-apps' && empty(containerImage)
        ? fail('Container apps run an image: name it in the pipeline file, container_image below global: deployment.')
        : containerImage
      containerRegistry: containerRegistry
      tables: tables
      containers: containers
    }
    dependsOn: [monitoring, virtualNetwork, storage, serviceBus, eventHubs, vault, plan]
  }
]

// ---- Who is told of what ----

module alerts 'modules/alerts.bicep' = {
  params: {
    name: base
    location: location
    tags: allTags
    workspaceId: workspaceId
    emails: alertEmails
    deadLetters: deadLetterAlert
    queueAgeMinutes: queueAgeAlert
    failurePercent: failureAlert
    serviceBusId: usesServiceBus ? resourceId('Microsoft.ServiceBus/namespaces', serviceBusName) : ''
    eventHubsId: usesEventHubs ? resourceId('Microsoft.EventHub/namespaces', eventHubsName) : ''
    budget: monthlyBudget
    budgetStart: budgetStart
  }
  dependsOn: [monitoring, serviceBus, eventHubs]
}

module workbook 'modules/workbook.bicep' = {
  params: { name: base, location: location, tags: allTags, workspaceId: workspaceId, instance: instance }
  dependsOn: [monitoring]
}

// ---- What the next command needs to know ----

@description('The function apps: deploy the package to each of them.')
output functionApps string[] = [for (app, index) in apps: functionApp[index].outputs.name]

@description('The storage account of the pipeline: upload what bots read to its containers.')
output storageAccount string = storageName

@description('The Key Vault of the secrets.')
output keyVault string = vaultName

@description('The Log Analytics workspace.')
output workspace string = base
