// Written by 'intelmq compile'; compiling again replaces it. Give parameters of your own on the command line or in a file of your own.
using 'main.bicep'

// The transport of queues that name none of their own.
param transport = 'storage-queue'

// All transports in use: a broker is needed for each.
param transports = ['storage-queue']

// flex-consumption, premium, container-apps or dedicated.
param hostingPlan = 'flex-consumption'

// identity, or connection-string for emulators.
param authentication = 'identity'

// The instance: part of every message id, so two instances never give the same.
param instance = 'intelmq'

// The blob containers that bots read or write.
param blobContainers = ['intelmq']

// The bots, a function each. 'single': one invocation at a time, so give it an app of its own with one instance and these settings.
param bots = [
  // Drops events with the same content as an earlier one.
  //   filter_keys (list of texts): The fields that do not count (blacklist) or that alone count (whitelist). time.observation never counts.
  {
    id: 'dedup'
    function: 'dedup'
    kind: 'expert'
    module: 'intelmq.bots.experts.deduplicator.expert'
    queue: 'dedup-queue'
    schedule: null
    scale: { minimum: 0, maximum: null }
    single: false
    settings: {}
  }
  // Fetches a report from a URL, with basic authentication, client certificates, proxies and archives.
  //   http_url (text): The URL of the feed.
  {
    id: 'fetch'
    function: 'fetch'
    kind: 'collector'
    module: 'intelmq.bots.collectors.http.collector_http'
    queue: null
    schedule: '47 41 * * * *'
    scale: { minimum: 0, maximum: null }
    single: false
    settings: {}
  }
  // Parses the OpenPhish community feed: one phishing URL per line.
  {
    id: 'parse'
    function: 'parse'
    kind: 'parser'
    module: 'intelmq.bots.parsers.openphish.parser'
    queue: 'parse-queue'
    schedule: null
    scale: { minimum: 0, maximum: null }
    single: false
    settings: {}
  }
  // Sets the class of the incident (classification.taxonomy) by its type.
  {
    id: 'taxonomy'
    function: 'taxonomy'
    kind: 'expert'
    module: 'intelmq.bots.experts.taxonomy.expert'
    queue: 'taxonomy-queue'
    schedule: null
    scale: { minimum: 0, maximum: null }
    single: false
    settings: {}
  }
  // Takes domain name or address, port, path, account and protocol from the URL.
  {
    id: 'url'
    function: 'url'
    kind: 'expert'
    module: 'intelmq.bots.experts.url.expert'
    queue: 'url-queue'
    schedule: null
    scale: { minimum: 0, maximum: null }
    single: false
    settings: {}
  }
  // Appends events to a file as JSON lines, or one field of them.
  //   file (text): The file. Folders are made on demand.
  {
    id: 'write'
    function: 'write'
    kind: 'output'
    module: 'intelmq.bots.outputs.file.output'
    queue: 'write-queue'
    schedule: null
    scale: { minimum: 0, maximum: 1 }
    single: true
    settings: {
      AzureFunctionsJobHost__extensions__queues__batchSize: '1'
      AzureFunctionsJobHost__extensions__queues__newBatchThreshold: '0'
    }
  }
]

// The functions that serve the whole app: dead letters of what the broker gave up on, parked messages, expired state.
param services = ['park_frames', 'poison_dedup-queue', 'poison_parse-queue', 'poison_taxonomy-queue', 'poison_url-queue', 'poison_write-queue', 'purge_state', 'show_status']

// The queues, hubs or topics, with those of the messages that the broker gave up on where it does not make them itself.
param queues = [
  { name: 'dedup-queue', transport: 'storage-queue', partitions: 4, poison: null }
  { name: 'parse-queue', transport: 'storage-queue', partitions: 4, poison: null }
  { name: 'taxonomy-queue', transport: 'storage-queue', partitions: 4, poison: null }
  { name: 'url-queue', transport: 'storage-queue', partitions: 4, poison: null }
  { name: 'write-queue', transport: 'storage-queue', partitions: 1, poison: null }
]

// The secrets: an app setting each, which refers to a secret of the Key Vault. No value stands here.
param secrets = [
]
