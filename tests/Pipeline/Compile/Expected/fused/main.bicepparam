// Written by 'intelmq compile'; compiling again replaces it. What stands below 'global: deployment:' in the pipeline file is written here too.
using 'infra/main.bicep'

// All transports in use: a broker is needed for each.
param transports = ['storage-queue']

// flex-consumption, premium, dedicated or container-apps.
param hostingPlan = 'flex-consumption'

// The instance: part of every message id, so two instances never give the same.
param instance = 'intelmq'

// The app setting FUNCTIONS_WORKER_RUNTIME.
param workerRuntime = 'custom'

// The blob containers that bots read or write.
param blobContainers = ['intelmq']

// The function apps: what each serves, which queues it takes from and sends to, and what else it may touch.
param apps = [
  {
    name: 'pipeline'
    functions: [
      // dedup, intelmq.bots.experts.deduplicator.expert: Drops events with the same content as an earlier one.
      //   filter_keys (list of texts): The fields that do not count (blacklist) or that alone count (whitelist). time.observation never counts.
      'dedup'
      // fetch, intelmq.bots.collectors.http.collector_http, at 47 41 * * * *: Fetches a report from a URL, with basic authentication, client certificates, proxies and archives.
      //   http_url (text): The URL of the feed.
      'fetch'
      'park_frames'
      // parse, intelmq.bots.parsers.openphish.parser: Parses the OpenPhish community feed: one phishing URL per line.
      'parse'
      'poison_dedup-queue'
      'poison_parse-queue'
      'poison_taxonomy-queue'
      'poison_url-queue'
      'purge_state'
      'show_status'
      // taxonomy, intelmq.bots.experts.taxonomy.expert: Sets the class of the incident (classification.taxonomy) by its type.
      'taxonomy'
      // url, intelmq.bots.experts.url.expert: Takes domain name or address, port, path, account and protocol from the URL.
      'url'
    ]
    reads: ['dedup-queue', 'parse-queue', 'taxonomy-queue', 'url-queue']
    writes: ['dedup-queue', 'parse-queue', 'taxonomy-queue', 'url-queue', 'write-queue']
    readsContainers: []
    writesContainers: []
    secrets: []
    maximumInstances: null
    alwaysReady: {}
    settings: {}
    servesAll: true
  }
  {
    name: 'write'
    functions: [
      'poison_write-queue'
      // write, intelmq.bots.outputs.file.output: Appends events to a file as JSON lines, or one field of them.
      //   file (text): The file. Folders are made on demand.
      'write'
    ]
    reads: ['write-queue']
    writes: ['write-queue']
    readsContainers: []
    writesContainers: ['intelmq']
    secrets: []
    maximumInstances: 1
    alwaysReady: {}
    settings: {
      AzureFunctionsJobHost__extensions__queues__batchSize: '1'
      AzureFunctionsJobHost__extensions__queues__newBatchThreshold: '0'
    }
    servesAll: false
  }
]

// The queues, hubs or topics, with those of the messages that the broker gave up on where it has any of their own.
param queues = [
  { name: 'dedup-queue', transport: 'storage-queue', partitions: 4, poison: 'dedup-queue-poison' }
  { name: 'parse-queue', transport: 'storage-queue', partitions: 4, poison: 'parse-queue-poison' }
  { name: 'taxonomy-queue', transport: 'storage-queue', partitions: 4, poison: 'taxonomy-queue-poison' }
  { name: 'url-queue', transport: 'storage-queue', partitions: 4, poison: 'url-queue-poison' }
  { name: 'write-queue', transport: 'storage-queue', partitions: 1, poison: 'write-queue-poison' }
]

// The secrets: an app setting each, which refers to a secret of the Key Vault. No value stands here.
param secrets = [
]

// Set these variables when you deploy for the first time or change a secret; without one the vault keeps what it has.
param secretValues = {}
