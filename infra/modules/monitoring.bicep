// Where logs go: a Log Analytics workspace, and Application Insights on it.
param name string
param location string
param tags object
param retentionDays int
param dailyGigabytes int

@description('Whether telemetry is taken without an identity.')
param allowSharedKeys bool

resource workspace 'Microsoft.OperationalInsights/workspaces@2025-02-01' = {
  name: name
  location: location
  tags: tags
  properties: {
    sku: { name: 'PerGB2018' }
    retentionInDays: retentionDays
    workspaceCapping: { dailyQuotaGb: dailyGigabytes }
    features: { disableLocalAuth: !allowSharedKeys, enableLogAccessUsingOnlyResourcePermissions: true }
  }
}

resource insights 'Microsoft.Insights/components@2020-02-02' = {
  name: name
  location: location
  tags: tags
  kind: 'web'
  properties: {
    Application_Type: 'web'
    DisableLocalAuth: !allowSharedKeys
    IngestionMode: 'LogAnalytics'
    WorkspaceResourceId: workspace.id
  }
}
