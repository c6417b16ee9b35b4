// The built-in roles of Azure that the apps get, by what they allow. https://learn.microsoft.com/azure/role-based-access-control/built-in-roles

@export()
var roles = {
  // Everything with blobs: the host leases, locks and keeps its keys in them.
  blobOwner: 'b7e6dc6d-f1e8-4753-8033-0f276bb0955b'
  // Read, write and delete blobs.
  blobContributor: 'ba92f5b4-2d11-453d-a403-e96b0029c9fe'
  // Read blobs.
  blobReader: '2a2b9908-6ea1-4ae2-8e65-a410df84e7d1'
  // Everything with the messages of a queue.
  queueContributor: '974c5e8b-45b9-4653-ba55-5f855dd0fb88'
  // Send to a queue.
  queueSender: 'c6a89b2d-59bc-44d0-9896-0f6e12d7b80a'
  // Look at a queue without taking anything.
  queueReader: '19e7f393-937e-4f77-808e-94535e297925'
  // Read, write and delete rows.
  tableContributor: '0a9a7e1f-b9d0-4cc4-a60d-0319b160aaa3'
  // Take from a queue of Service Bus.
  serviceBusReceiver: '4f6d3b9b-027b-4f4c-9142-0e5a2a2247e0'
  // Send to a queue of Service Bus.
  serviceBusSender: '69a216fc-b8fb-44d8-bc22-1f3c2cd27a39'
  // Take from a hub.
  eventHubsReceiver: 'a638d3c7-ab3a-418d-83e6-5f17a39d4fde'
  // Send to a hub.
  eventHubsSender: '2b629674-e913-4c01-ae53-ef4638d8f975'
  // Read the values of secrets.
  secretsUser: '4633458b-17de-408a-b874-0445c86b69e6'
  // Send telemetry.
  metricsPublisher: '3913510d-42f4-4e42-8a64-420c390055eb'
  // Pull images.
  acrPull: '7f951dda-4ed3-4680-a7ca-43fe172d538d'
  // Look at a resource, not at its data.
  reader: 'acdd72a7-3385-48ef-bd42-f606fba81ae7'
}

@export()
@description('The properties of a role assignment: an app has a role.')
func grant(principalId string, role string) object => {
  principalId: principalId
  principalType: 'ServicePrincipal'
  roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', role)
}
