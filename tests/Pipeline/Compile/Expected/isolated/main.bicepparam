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

// The app setting FUNCTIONS_WORKER_RUNTIME.
param workerRuntime = 'dotnet-isolated'

// The blob containers that bots read or write.
param blobContainers = ['intelmq']

// The bots, a function each. 'single': one invocation at a time, so give it an app of its own with one instance and these settings.
param bots = [
  // Fetches files from a folder, whole or in chunks.
  //   path (text): The folder. Its sub-folders are not looked into.
  //   postfix (text): How the names of the files end; * stands for any text and ? for one character.
  //   name (text): The name of the feed, as feed.name.
  //   provider (text): Who provides the feed, as feed.provider.
  {
    id: 'c2-collector'
    function: 'c2-collector'
    kind: 'collector'
    module: 'intelmq.bots.collectors.file.collector_file'
    queue: null
    schedule: '54 1-59/5 * * * *'
    scale: { minimum: 0, maximum: null }
    single: false
    settings: {}
  }
  // Parses the Feodo Tracker list of abuse.ch (JSON): servers that control botnets.
  {
    id: 'c2-parser'
    function: 'c2-parser'
    kind: 'parser'
    module: 'intelmq.bots.parsers.abusech.parser_feodotracker'
    queue: 'c2-parser-queue'
    schedule: null
    scale: { minimum: 0, maximum: null }
    single: false
    settings: {}
  }
  // Drops events with the same content as an earlier one.
  //   filter_keys (list of texts): The fields that do not count (blacklist) or that alone count (whitelist). time.observation never counts.
  //   filter_type (one of blacklist, whitelist): Whether filter_keys lists the fields that do not count ('blacklist') or those that count ('whitelist').
  {
    id: 'deduplicator'
    function: 'deduplicator'
    kind: 'expert'
    module: 'intelmq.bots.experts.deduplicator.expert'
    queue: 'deduplicator-queue'
    schedule: null
    scale: { minimum: 0, maximum: null }
    single: false
    settings: {}
  }
  // Drops events by their time, and sends them on or not by the value of a field.
  //   filter_action (one of keep, drop): 'keep' sends matching events on, 'drop' sends the others on.
  //   filter_key (text): The field to compare.
  //   filter_value (any): The value to compare with (a number never equals a text), or the regular expression to search for.
  {
    id: 'filter'
    function: 'filter'
    kind: 'expert'
    module: 'intelmq.bots.experts.filter.expert'
    queue: 'filter-queue'
    schedule: null
    scale: { minimum: 0, maximum: null }
    single: false
    settings: {}
  }
  // Adds country, city and coordinates of the addresses from a MaxMind database file.
  //   database (text): The database file: GeoLite2-City or GeoIP2-City. Without one events pass unchanged.
  {
    id: 'geolocation'
    function: 'geolocation'
    kind: 'expert'
    module: 'intelmq.bots.experts.maxmind_geoip.expert'
    queue: 'geolocation-queue'
    schedule: null
    scale: { minimum: 0, maximum: null }
    single: false
    settings: {}
  }
  // Fetches files from a folder, whole or in chunks.
  //   path (text): The folder. Its sub-folders are not looked into.
  //   postfix (text): How the names of the files end; * stands for any text and ? for one character.
  //   name (text): The name of the feed, as feed.name.
  //   provider (text): Who provides the feed, as feed.provider.
  {
    id: 'honeypot-collector'
    function: 'honeypot-collector'
    kind: 'collector'
    module: 'intelmq.bots.collectors.file.collector_file'
    queue: null
    schedule: '39 4-59/5 * * * *'
    scale: { minimum: 0, maximum: null }
    single: false
    settings: {}
  }
  // Parses any delimited text (CSV): the parameter 'columns' says which field each column goes to.
  //   columns (list of texts): The field of each column, in order. 'a|b' tries fields until one takes the value; '__IGNORE__' or an empty text skips the column.
  //   skip_header (any): Skip the first line (true) or that many lines.
  //   default_fields (map): Fields and values that are added to every event which does not have them.
  {
    id: 'honeypot-parser'
    function: 'honeypot-parser'
    kind: 'parser'
    module: 'intelmq.bots.parsers.generic.parser_csv'
    queue: 'honeypot-parser-queue'
    schedule: null
    scale: { minimum: 0, maximum: null }
    single: false
    settings: {}
  }
  // Appends events to a file as JSON lines, or one field of them.
  //   file (text): The file. Folders are made on demand.
  {
    id: 'output'
    function: 'output'
    kind: 'output'
    module: 'intelmq.bots.outputs.file.output'
    queue: 'output-queue'
    schedule: null
    scale: { minimum: 0, maximum: 1 }
    single: true
    settings: {
      AzureFunctionsJobHost__extensions__queues__batchSize: '1'
      AzureFunctionsJobHost__extensions__queues__newBatchThreshold: '0'
    }
  }
  // Fetches files from a folder, whole or in chunks.
  //   path (text): The folder. Its sub-folders are not looked into.
  //   postfix (text): How the names of the files end; * stands for any text and ? for one character.
  //   name (text): The name of the feed, as feed.name.
  //   provider (text): Who provides the feed, as feed.provider.
  {
    id: 'phishing-collector'
    function: 'phishing-collector'
    kind: 'collector'
    module: 'intelmq.bots.collectors.file.collector_file'
    queue: null
    schedule: '56 0-59/5 * * * *'
    scale: { minimum: 0, maximum: null }
    single: false
    settings: {}
  }
  // Parses the OpenPhish community feed: one phishing URL per line.
  {
    id: 'phishing-parser'
    function: 'phishing-parser'
    kind: 'parser'
    module: 'intelmq.bots.parsers.openphish.parser'
    queue: 'phishing-parser-queue'
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
  // Fetches files from a folder, whole or in chunks.
  //   path (text): The folder. Its sub-folders are not looked into.
  //   postfix (text): How the names of the files end; * stands for any text and ? for one character.
  //   name (text): The name of the feed, as feed.name.
  //   provider (text): Who provides the feed, as feed.provider.
  {
    id: 'telnet-collector'
    function: 'telnet-collector'
    kind: 'collector'
    module: 'intelmq.bots.collectors.file.collector_file'
    queue: null
    schedule: '38 1-59/5 * * * *'
    scale: { minimum: 0, maximum: null }
    single: false
    settings: {}
  }
  // Parses Shadowserver reports (CSV). A schema file in Shadowserver's published format says what the columns of each report type mean; a small one is included.
  {
    id: 'telnet-parser'
    function: 'telnet-parser'
    kind: 'parser'
    module: 'intelmq.bots.parsers.shadowserver.parser'
    queue: 'telnet-parser-queue'
    schedule: null
    scale: { minimum: 0, maximum: null }
    single: false
    settings: {}
  }
  // Takes the domain name, or the address, from the URL. The expert 'url' does this and more.
  {
    id: 'url2fqdn'
    function: 'url2fqdn'
    kind: 'expert'
    module: 'intelmq.bots.experts.url2fqdn.expert'
    queue: 'url2fqdn-queue'
    schedule: null
    scale: { minimum: 0, maximum: null }
    single: false
    settings: {}
  }
]

// The functions that serve the whole app: dead letters of what the broker gave up on, parked messages, expired state.
param services = ['park_frames', 'poison_c2-parser-queue', 'poison_deduplicator-queue', 'poison_filter-queue', 'poison_geolocation-queue', 'poison_honeypot-parser-queue', 'poison_output-queue', 'poison_phishing-parser-queue', 'poison_taxonomy-queue', 'poison_telnet-parser-queue', 'poison_url2fqdn-queue', 'purge_state', 'show_status']

// The queues, hubs or topics, with those of the messages that the broker gave up on where it does not make them itself.
param queues = [
  { name: 'c2-parser-queue', transport: 'storage-queue', partitions: 4, poison: null }
  { name: 'deduplicator-queue', transport: 'storage-queue', partitions: 4, poison: null }
  { name: 'filter-queue', transport: 'storage-queue', partitions: 4, poison: null }
  { name: 'geolocation-queue', transport: 'storage-queue', partitions: 4, poison: null }
  { name: 'honeypot-parser-queue', transport: 'storage-queue', partitions: 4, poison: null }
  { name: 'output-queue', transport: 'storage-queue', partitions: 1, poison: null }
  { name: 'phishing-parser-queue', transport: 'storage-queue', partitions: 4, poison: null }
  { name: 'taxonomy-queue', transport: 'storage-queue', partitions: 4, poison: null }
  { name: 'telnet-parser-queue', transport: 'storage-queue', partitions: 4, poison: null }
  { name: 'url2fqdn-queue', transport: 'storage-queue', partitions: 4, poison: null }
]

// The secrets: an app setting each, which refers to a secret of the Key Vault. No value stands here.
param secrets = [
]
