// The shapes of what 'intelmq compile' writes, and of what modules hand to each other.

@export()
@description('A function app.')
type App = {
  @description('The name in the pipeline: of its bot\'s function, or pipeline.')
  name: string

  @description('The functions that it serves.')
  functions: string[]

  @description('The queues whose messages it takes.')
  reads: string[]

  @description('The queues that it sends to.')
  writes: string[]

  @description('The blob containers that its bots read.')
  readsContainers: string[]

  @description('The blob containers that its bots write to.')
  writesContainers: string[]

  @description('The app settings that hold its secrets.')
  secrets: string[]

  @description('Instances at most; null for the limit of the deployment.')
  maximumInstances: int?

  @description('The instances that always run, by function.')
  alwaysReady: { *: int }

  @description('App settings of its own.')
  settings: { *: string }

  @description('Whether functions of it run by the clock: somebody has to watch it, also where the platform starts an app only for messages.')
  hasTimers: bool

  @description('Whether it looks at all queues: it sends parked messages again and tells what waits.')
  servesAll: bool
}

@export()
@description('A queue, hub or topic.')
type Queue = {
  name: string
  transport: 'storage-queue' | 'service-bus' | 'event-hubs' | 'kafka' | 'rabbitmq'

  @description('How many instances can work on a hub or topic at once.')
  partitions: int

  @description('Where the messages lie that the broker gave up on; null where the broker has a place of its own for them.')
  poison: string?
}

@export()
@description('A secret of the pipeline.')
type Secret = {
  @description('The app setting by which a bot reads it.')
  setting: string

  @description('Its name in the Key Vault.')
  secretName: string

  @description('The Key Vault reference that the pipeline file gives; null for a secret of the vault of this deployment.')
  reference: string?
}

@export()
@description('Who reaches a service over which network.')
type Network = {
  mode: 'open' | 'restricted' | 'private'

  @description('The subnet of the apps; empty with open.')
  appSubnetId: string

  @description('The subnet of private endpoints; empty unless private.')
  endpointSubnetId: string

  @description('The private DNS zones by the group of their endpoints (blob, queue, vault …); empty unless private.')
  zoneIds: { *: string }

  @description('Public addresses or ranges that may come in besides the apps.')
  allowedIpRanges: string[]
}

@export()
@description('Where logs go.')
type Logs = {
  workspaceId: string

  @description('Whether services log who did what.')
  diagnostics: bool
}
