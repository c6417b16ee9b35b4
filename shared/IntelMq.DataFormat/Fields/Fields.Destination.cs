// The fields below `destination`.
namespace IntelMq.DataFormat;

public static partial class Fields
{
    /// <summary>The fields below <c>destination</c>.</summary>
    public static class Destination
    {
        /// <summary>Addresses to which abuse of the destination is reported, separated by commas.</summary>
        public static Field AbuseContact { get; } = new("destination.abuse_contact", FieldTypes.LowercaseString, "Addresses to which abuse of the destination is reported, separated by commas.", new FieldRules(Multiple: true), MessageKinds.Event);

        /// <summary>Name or e-mail address of the account that belongs to the destination.</summary>
        public static Field Account { get; } = new("destination.account", FieldTypes.String, "Name or e-mail address of the account that belongs to the destination.", new FieldRules(Multiple: true), MessageKinds.Event);

        /// <summary>Values of the destination that belong together: a list of objects with ip, asn, cc and others.</summary>
        public static Field Address { get; } = new("destination.address", FieldTypes.AddressList, "Values of the destination that belong together: a list of objects with ip, asn, cc and others.", FieldRules.None, MessageKinds.Event);

        /// <summary>When the address range of the destination was allocated.</summary>
        public static Field Allocated { get; } = new("destination.allocated", FieldTypes.DateTime, "When the address range of the destination was allocated.", FieldRules.None, MessageKinds.Event);

        /// <summary>Name of the autonomous system of the destination.</summary>
        public static Field AsName { get; } = new("destination.as_name", FieldTypes.String, "Name of the autonomous system of the destination.", FieldRules.None, MessageKinds.Event);

        /// <summary>Number of the autonomous system of the destination.</summary>
        public static Field Asn { get; } = new("destination.asn", FieldTypes.Asn, "Number of the autonomous system of the destination.", new FieldRules(Multiple: true), MessageKinds.Event);

        /// <summary>Public suffix of the domain name of the destination.</summary>
        public static Field DomainSuffix { get; } = new("destination.domain_suffix", FieldTypes.Fqdn, "Public suffix of the domain name of the destination.", FieldRules.None, MessageKinds.Event);

        /// <summary>Domain name of the destination.</summary>
        public static Field Fqdn { get; } = new("destination.fqdn", FieldTypes.Fqdn, "Domain name of the destination.", new FieldRules(Pattern: FieldPatterns.NoFinalDot, Multiple: true), MessageKinds.Event);

        /// <summary>IP address of the destination.</summary>
        public static Field Ip { get; } = new("destination.ip", FieldTypes.IpAddress, "IP address of the destination.", new FieldRules(Multiple: true), MessageKinds.Event);

        /// <summary>Host name of the destination inside its own network.</summary>
        public static Field LocalHostname { get; } = new("destination.local_hostname", FieldTypes.String, "Host name of the destination inside its own network.", FieldRules.None, MessageKinds.Event);

        /// <summary>Address of the destination inside its own network, behind address translation.</summary>
        public static Field LocalIp { get; } = new("destination.local_ip", FieldTypes.IpAddress, "Address of the destination inside its own network, behind address translation.", new FieldRules(Multiple: true), MessageKinds.Event);

        /// <summary>Announced address range of the destination (CIDR), the most specific one.</summary>
        public static Field Network { get; } = new("destination.network", FieldTypes.IpNetwork, "Announced address range of the destination (CIDR), the most specific one.", new FieldRules(Multiple: true), MessageKinds.Event);

        /// <summary>Port of the destination.</summary>
        public static Field Port { get; } = new("destination.port", FieldTypes.Integer, "Port of the destination.", FieldRules.None, MessageKinds.Event);

        /// <summary>Regional registry that allocated the address of the destination.</summary>
        public static Field Registry { get; } = new("destination.registry", FieldTypes.Registry, "Regional registry that allocated the address of the destination.", new FieldRules(Length: 7), MessageKinds.Event);

        /// <summary>Name found by a reverse look-up of the address of the destination.</summary>
        public static Field ReverseDns { get; } = new("destination.reverse_dns", FieldTypes.Fqdn, "Name found by a reverse look-up of the address of the destination.", new FieldRules(Pattern: FieldPatterns.NoFinalDot, Multiple: true), MessageKinds.Event);

        /// <summary>Whether the address of the destination is a Tor node.</summary>
        public static Field TorNode { get; } = new("destination.tor_node", FieldTypes.Boolean, "Whether the address of the destination is a Tor node.", FieldRules.None, MessageKinds.Event);

        /// <summary>URL at the destination; what it serves is told by the classification.</summary>
        public static Field Url { get; } = new("destination.url", FieldTypes.Url, "URL at the destination; what it serves is told by the classification.", new FieldRules(Multiple: true), MessageKinds.Event);

        /// <summary>Path part of the URL at the destination.</summary>
        public static Field Urlpath { get; } = new("destination.urlpath", FieldTypes.String, "Path part of the URL at the destination.", FieldRules.None, MessageKinds.Event);

        /// <summary>The fields below <c>destination.geolocation</c>.</summary>
        public static class Geolocation
        {
            /// <summary>Country of the destination: two letters, ISO 3166-1.</summary>
            public static Field Cc { get; } = new("destination.geolocation.cc", FieldTypes.UppercaseString, "Country of the destination: two letters, ISO 3166-1.", new FieldRules(Pattern: FieldPatterns.CountryCode, Length: 2), MessageKinds.Event);

            /// <summary>City of the destination.</summary>
            public static Field City { get; } = new("destination.geolocation.city", FieldTypes.String, "City of the destination.", FieldRules.None, MessageKinds.Event);

            /// <summary>Name of the country of the destination.</summary>
            public static Field Country { get; } = new("destination.geolocation.country", FieldTypes.String, "Name of the country of the destination.", FieldRules.None, MessageKinds.Event);

            /// <summary>Latitude of the destination in degrees.</summary>
            public static Field Latitude { get; } = new("destination.geolocation.latitude", FieldTypes.Float, "Latitude of the destination in degrees.", FieldRules.None, MessageKinds.Event);

            /// <summary>Longitude of the destination in degrees.</summary>
            public static Field Longitude { get; } = new("destination.geolocation.longitude", FieldTypes.Float, "Longitude of the destination in degrees.", FieldRules.None, MessageKinds.Event);

            /// <summary>Region of the destination.</summary>
            public static Field Region { get; } = new("destination.geolocation.region", FieldTypes.String, "Region of the destination.", FieldRules.None, MessageKinds.Event);

            /// <summary>State of the destination.</summary>
            public static Field State { get; } = new("destination.geolocation.state", FieldTypes.String, "State of the destination.", FieldRules.None, MessageKinds.Event);
        }
    }
}
