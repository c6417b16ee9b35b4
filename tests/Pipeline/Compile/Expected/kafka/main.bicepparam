// Written by 'intelmq compile'; compiling again replaces it. What stands below 'global: deployment:' in the pipeline file is written here too.
using 'infra/main.bicep'

// All transports in use: a broker is needed for each.
param transports = ['kafka']

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
      // c2-collector, intelmq.bots.collectors.file.collector_file, at 54 1-59/5 * * * *: Fetches files from a folder, whole or in chunks.
      //   path (text): The folder. Its sub-folders are not looked into.
      //   postfix (text): How the names of the files end; * stands for any text and ? for one character.
      //   name (text): The name of the feed, as feed.name.
      //   provider (text): Who provides the feed, as feed.provider.
      'c2-collector'
      // c2-parser, intelmq.bots.parsers.abusech.parser_feodotracker: Parses the Feodo Tracker list of abuse.ch (JSON): servers that control botnets.
      'c2-parser'
      // deduplicator, intelmq.bots.experts.deduplicator.expert: Drops events with the same content as an earlier one.
      //   filter_keys (list of texts): The fields that do not count (blacklist) or that alone count (whitelist). time.observation never counts.
      //   filter_type (one of blacklist, whitelist): Whether filter_keys lists the fields that do not count ('blacklist') or those that count ('whitelist').
      'deduplicator'
      // filter, intelmq.bots.experts.filter.expert: Drops events by their time, and sends them on or not by the value of a field.
      //   filter_action (one of keep, drop): 'keep' sends matching events on, 'drop' sends the others on.
      //   filter_key (text): The field to compare.
      //   filter_value (any): The value to compare with (a number never equals a text), or the regular expression to search for.
      'filter'
      // geolocation, intelmq.bots.experts.maxmind_geoip.expert: Adds country, city and coordinates of the addresses from a MaxMind database file.
      //   database (text): The database file: GeoLite2-City or GeoIP2-City. Without one events pass unchanged.
      'geolocation'
      // honeypot-collector, intelmq.bots.collectors.file.collector_file, at 39 4-59/5 * * * *: Fetches files from a folder, whole or in chunks.
      //   path (text): The folder. Its sub-folders are not looked into.
      //   postfix (text): How the names of the files end; * stands for any text and ? for one character.
      //   name (text): The name of the feed, as feed.name.
      //   provider (text): Who provides the feed, as feed.provider.
      'honeypot-collector'
      // honeypot-parser, intelmq.bots.parsers.generic.parser_csv: Parses any delimited text (CSV): the parameter 'columns' says which field each column goes to.
      //   columns (list of texts): The field of each column, in order. 'a|b' tries fields until one takes the value; '__IGNORE__' or an empty text skips the column.
      //   skip_header (any): Skip the first line (true) or that many lines.
      //   default_fields (map): Fields and values that are added to every event which does not have them.
      'honeypot-parser'
      'park_frames'
      // phishing-collector, intelmq.bots.collectors.file.collector_file, at 56 0-59/5 * * * *: Fetches files from a folder, whole or in chunks.
      //   path (text): The folder. Its sub-folders are not looked into.
      //   postfix (text): How the names of the files end; * stands for any text and ? for one character.
      //   name (text): The name of the feed, as feed.name.
      //   provider (text): Who provides the feed, as feed.provider.
      'phishing-collector'
      // phishing-parser, intelmq.bots.parsers.openphish.parser: Parses the OpenPhish community feed: one phishing URL per line.
      'phishing-parser'
      'poison_c2-parser-queue'
      'poison_deduplicator-queue'
      'poison_filter-queue'
      'poison_geolocation-queue'
      'poison_honeypot-parser-queue'
      'poison_phishing-parser-queue'
      'poison_taxonomy-queue'
      'poison_telnet-parser-queue'
      'poison_url2fqdn-queue'
      'purge_state'
      'show_status'
      // taxonomy, intelmq.bots.experts.taxonomy.expert: Sets the class of the incident (classification.taxonomy) by its type.
      'taxonomy'
      // telnet-collector, intelmq.bots.collectors.file.collector_file, at 38 1-59/5 * * * *: Fetches files from a folder, whole or in chunks.
      //   path (text): The folder. Its sub-folders are not looked into.
      //   postfix (text): How the names of the files end; * stands for any text and ? for one character.
      //   name (text): The name of the feed, as feed.name.
      //   provider (text): Who provides the feed, as feed.provider.
      'telnet-collector'
      // telnet-parser, intelmq.bots.parsers.shadowserver.parser: Parses Shadowserver reports (CSV). A schema file in Shadowserver's published format says what the columns of each report type mean; a small one is included.
      'telnet-parser'
      // url2fqdn, intelmq.bots.experts.url2fqdn.expert: Takes the domain name, or the address, from the URL. The expert 'url' does this and more.
      'url2fqdn'
    ]
    reads: ['c2-parser-queue', 'deduplicator-queue', 'filter-queue', 'geolocation-queue', 'honeypot-parser-queue', 'phishing-parser-queue', 'taxonomy-queue', 'telnet-parser-queue', 'url2fqdn-queue']
    writes: ['c2-parser-queue', 'deduplicator-queue', 'filter-queue', 'geolocation-queue', 'honeypot-parser-queue', 'output-queue', 'phishing-parser-queue', 'taxonomy-queue', 'telnet-parser-queue', 'url2fqdn-queue']
    readsContainers: ['intelmq']
    writesContainers: []
    secrets: ['IntelMqKafkaPassword', 'IntelMqKafkaUsername']
    maximumInstances: null
    alwaysReady: {}
    settings: {}
    servesAll: true
  }
  {
    name: 'output'
    functions: [
      // output, intelmq.bots.outputs.file.output: Appends events to a file as JSON lines, or one field of them.
      //   file (text): The file. Folders are made on demand.
      'output'
      'poison_output-queue'
    ]
    reads: ['output-queue']
    writes: ['output-queue']
    readsContainers: []
    writesContainers: ['intelmq']
    secrets: ['IntelMqKafkaPassword', 'IntelMqKafkaUsername']
    maximumInstances: 1
    alwaysReady: {}
    settings: {}
    servesAll: false
  }
]

// The queues, hubs or topics, with those of the messages that the broker gave up on where it has any of their own.
param queues = [
  { name: 'c2-parser-queue', transport: 'kafka', partitions: 4, poison: 'c2-parser-queue-poison' }
  { name: 'deduplicator-queue', transport: 'kafka', partitions: 4, poison: 'deduplicator-queue-poison' }
  { name: 'filter-queue', transport: 'kafka', partitions: 4, poison: 'filter-queue-poison' }
  { name: 'geolocation-queue', transport: 'kafka', partitions: 4, poison: 'geolocation-queue-poison' }
  { name: 'honeypot-parser-queue', transport: 'kafka', partitions: 4, poison: 'honeypot-parser-queue-poison' }
  { name: 'output-queue', transport: 'kafka', partitions: 1, poison: 'output-queue-poison' }
  { name: 'phishing-parser-queue', transport: 'kafka', partitions: 4, poison: 'phishing-parser-queue-poison' }
  { name: 'taxonomy-queue', transport: 'kafka', partitions: 4, poison: 'taxonomy-queue-poison' }
  { name: 'telnet-parser-queue', transport: 'kafka', partitions: 4, poison: 'telnet-parser-queue-poison' }
  { name: 'url2fqdn-queue', transport: 'kafka', partitions: 4, poison: 'url2fqdn-queue-poison' }
]

// The secrets: an app setting each, which refers to a secret of the Key Vault. No value stands here.
param secrets = [
  // password of kafka: The password at the Kafka brokers.
  { setting: 'IntelMqKafkaPassword', secretName: 'intelmqkafkapassword', reference: null }
  // username of kafka: The user at the Kafka brokers.
  { setting: 'IntelMqKafkaUsername', secretName: 'intelmqkafkausername', reference: null }
]

// Set these variables when you deploy for the first time or change a secret; without one the vault keeps what it has.
param secretValues = {
  intelmqkafkapassword: readEnvironmentVariable('IntelMqKafkaPassword', '')
  intelmqkafkausername: readEnvironmentVariable('IntelMqKafkaUsername', '')
}
