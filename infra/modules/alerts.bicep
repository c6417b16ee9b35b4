// Who is told, and of what: dead letters, messages that wait too long, calls that fail, an app that is silent, brokers at their limits, the budget.
param name string
param location string
param tags object
param workspaceId string
param emails string[]

@description('Dead letters within a quarter of an hour; 0 for no alert.')
param deadLetters int

@description('Minutes; 0 for no alert.')
param queueAgeMinutes int

@description('Share of failed calls in percent; 0 for no alert.')
param failurePercent int

@description('Empty where there is no namespace.')
param serviceBusId string

@description('Empty where there is no namespace.')
param eventHubsId string

@description('In the currency of the subscription; 0 for no budget.')
param budget int

param budgetStart string

resource group 'Microsoft.Insights/actionGroups@2023-01-01' = if (!empty(emails)) {
  name: name
  location: 'global'
  tags: tags
  properties: {
    enabled: true
    groupShortName: 'intelmq'
    emailReceivers: [
      for (email, index) in emails: { name: 'person-${index}', emailAddress: email, useCommonAlertSchema: true }
    ]
  }
}

var told = empty(emails) ? [] : [group.id]

// The lines of the app, one JSON object each: docs/observability.md.
var lines = 'AppTraces | where tostring(Properties.Category) == "Host.Function.Console" | extend line = parse_json(Message)'

// What is sampled counts for what was left out.
var rules = [
  {
    name: 'dead-letters'
    text: 'Messages became dead letters: blobs in the container intelmq-dead-letters, with what was wrong.'
    severity: 2
    enabled: deadLetters > 0
    query: '${lines} | where toint(line.dead_lettered) > 0 | summarize messages = sum(toint(line.dead_lettered) * ItemCount) by bot = tostring(line.bot), bin(TimeGenerated, 15m)'
    column: 'messages'
    dimension: 'bot'
    operator: 'GreaterThanOrEqual'
    threshold: deadLetters
  }
  {
    name: 'queue-age'
    text: 'Messages wait too long: their bot is too slow, stopped, or what it needs is down.'
    severity: 2
    enabled: queueAgeMinutes > 0
    query: '${lines} | where isnotempty(tostring(line.queue)) | summarize minutes = max(todouble(line.age)) / 60 by queue = tostring(line.queue), bin(TimeGenerated, 15m)'
    column: 'minutes'
    dimension: 'queue'
    operator: 'GreaterThan'
    threshold: queueAgeMinutes
  }
  {
    name: 'failures'
    text: 'Calls of functions fail. What they worked on comes again.'
    severity: 2
    enabled: failurePercent > 0
    query: 'union (AppRequests | where Success == false | project TimeGenerated, AppRoleName, failed = tolong(ItemCount), done = tolong(0)), (${lines} | where isnotempty(line.seconds) | project TimeGenerated, AppRoleName, failed = tolong(0), done = tolong(ItemCount)) | summarize percent = 100.0 * sum(failed) / (sum(failed) + sum(done)) by AppRoleName, bin(TimeGenerated, 15m)'
    column: 'percent'
    dimension: 'AppRoleName'
    operator: 'GreaterThan'
    threshold: failurePercent
  }
  {
    name: 'silence'
    text: 'The app that looks after the queues has not told anything for a quarter of an hour: it does not run, or its logs do not arrive.'
    severity: 1
    enabled: true
    query: '${lines} | where isnotempty(line.waiting) | summarize lines = count()'
    column: 'lines'
    dimension: ''
    operator: 'LessThan'
    threshold: 1
  }
]

resource rule 'Microsoft.Insights/scheduledQueryRules@2023-12-01' = [
  for one in rules: {
    name: '${name}-${one.name}'
    location: location
    tags: tags
    kind: 'LogAlert'
    properties: {
      displayName: '${name}: ${one.name}'
      description: one.text
      severity: one.severity
      enabled: one.enabled
      scopes: [workspaceId]
      evaluationFrequency: 'PT15M'
      windowSize: 'PT15M'
      autoMitigate: true

      // The tables are made when the first line arrives.
      skipQueryValidation: true
      criteria: {
        allOf: [
          {
            query: one.query
            metricMeasureColumn: one.column
            timeAggregation: 'Maximum'
            operator: one.operator
            threshold: one.threshold
            dimensions: empty(one.dimension) ? [] : [{ name: one.dimension, operator: 'Include', values: ['*'] }]
            failingPeriods: { numberOfEvaluationPeriods: 1, minFailingPeriodsToAlert: 1 }
          }
        ]
      }
      actions: { actionGroups: told }
    }
  }
]

resource serviceBusDeadLetters 'Microsoft.Insights/metricAlerts@2018-03-01' = if (!empty(serviceBusId)) {
  name: '${name}-service-bus-dead-letters'
  location: 'global'
  tags: tags
  properties: {
    description: 'Messages lie in a dead-letter queue of Service Bus: the function that makes dead letters of them does not run.'
    severity: 2
    enabled: true
    scopes: [serviceBusId]
    evaluationFrequency: 'PT5M'
    windowSize: 'PT15M'
    autoMitigate: true
    criteria: {
      'odata.type': 'Microsoft.Azure.Monitor.SingleResourceMultipleMetricCriteria'
      allOf: [
        {
          name: 'dead-letters'
          criterionType: 'StaticThresholdCriterion'
          metricName: 'DeadletteredMessages'
          metricNamespace: 'Microsoft.ServiceBus/namespaces'
          timeAggregation: 'Minimum'
          operator: 'GreaterThan'
          threshold: 0
          dimensions: [{ name: 'EntityName', operator: 'Include', values: ['*'] }]
        }
      ]
    }
    actions: [for id in told: { actionGroupId: id }]
  }
}

resource eventHubsThrottled 'Microsoft.Insights/metricAlerts@2018-03-01' = if (!empty(eventHubsId)) {
  name: '${name}-event-hubs-throttled'
  location: 'global'
  tags: tags
  properties: {
    description: 'Event Hubs slows the apps down: give the namespace more units.'
    severity: 3
    enabled: true
    scopes: [eventHubsId]
    evaluationFrequency: 'PT5M'
    windowSize: 'PT15M'
    autoMitigate: true
    criteria: {
      'odata.type': 'Microsoft.Azure.Monitor.SingleResourceMultipleMetricCriteria'
      allOf: [
        {
          name: 'throttled'
          criterionType: 'StaticThresholdCriterion'
          metricName: 'ThrottledRequests'
          metricNamespace: 'Microsoft.EventHub/namespaces'
          timeAggregation: 'Total'
          operator: 'GreaterThan'
          threshold: 0
        }
      ]
    }
    actions: [for id in told: { actionGroupId: id }]
  }
}

resource spending 'Microsoft.Consumption/budgets@2023-11-01' = if (budget > 0) {
  name: name
  properties: {
    category: 'Cost'
    amount: budget
    timeGrain: 'Monthly'
    timePeriod: { startDate: budgetStart }
    notifications: {
      spent: { enabled: true, operator: 'GreaterThan', threshold: 80, thresholdType: 'Actual', contactEmails: emails }
      foreseen: {
        enabled: true
        operator: 'GreaterThan'
        threshold: 100
        thresholdType: 'Forecasted'
        contactEmails: emails
      }
    }
  }
}
