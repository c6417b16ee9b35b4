// A page of the Azure portal with the figures of all bots and queues.
param name string
param location string
param tags object
param workspaceId string

@description('The instance, as the title of the page.')
param instance string

resource workbook 'Microsoft.Insights/workbooks@2023-06-01' = {
  name: guid(resourceGroup().id, name, 'workbook')
  location: location
  tags: tags
  kind: 'shared'
  properties: {
    category: 'workbook'
    displayName: 'IntelMQ: ${instance}'
    serializedData: loadTextContent('workbook.json')
    sourceId: workspaceId
    version: 'Notebook/1.0'
  }
}
