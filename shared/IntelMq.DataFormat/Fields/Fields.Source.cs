// The fields below `source`.
namespace IntelMq.DataFormat;

public static partial class Fields
{
    /// <summary>The fields below <c>source</c>.</summary>
    public static class Source
    {
        /// <summary>Addresses to which abuse of the source is reported, separated by commas.</summary>
        public static Field AbuseContact { get; } = new("source.abuse_contact", FieldTypes.LowercaseString, "Addresses to which abuse of the source is reported, separated by commas.", new FieldRules(Multiple: true), MessageKinds.Event);

        /// <summary>Name or e-mail address of the account that belongs to the source.</summary>
        public static Field Account { get; } = new("source.account", FieldTypes.String, "Name or e-mail address of the account that belongs to the source.", new FieldRules(Multiple: true), MessageKinds.Event);

        /// <summary>Values of the source that belong together: a list of objects with ip, asn, cc and others.</summary>
        public static Field Address { get; } = new("source.address", FieldTypes.AddressList, "Values of the source that belong together: a list of objects with ip, asn, cc and others.", FieldRules.None, MessageKinds.Event);

        /// <summary>When the address range of the source was allocated.</summary>
        public static Field Allocated { get; } = new("source.allocated", FieldTypes.DateTime, "When the address range of the source was allocated.", FieldRules.None, MessageKinds.Event);

        /// <summary>Name of the autonomous system of the source.</summary>
        public static Field AsName { get; } = new("source.as_name", FieldTypes.String, "Name of the autonomous system of the source.", FieldRules.None, MessageKinds.Event);

        /// <summary>Number of the autonomous system of the source.</summary>
        public static Field Asn { get; } = new("source.asn", FieldTypes.Asn, "Number of the autonomous system of the source.", new FieldRules(Multiple: true), MessageKinds.Event);

        /// <summary>Public suffix of the domain name of the source.</summary>
        public static Field DomainSuffix { get; } = new("source.domain_suffix", FieldTypes.Fqdn, "Public suffix of the domain name of the source.", FieldRules.None, MessageKinds.Event);

        /// <summary>Domain name of the source.</summary>
        public static Field Fqdn { get; } = new("source.fqdn", FieldTypes.Fqdn, "Domain name of the source.", new FieldRules(Pattern: FieldPatterns.NoFinalDot, Multiple: true), MessageKinds.Event);

        /// <summary>IP address of the source.</summary>
        public static Field Ip { get; } = new("source.ip", FieldTypes.IpAddress, "IP address of the source.", new FieldRules(Multiple: true), MessageKinds.Event);

        /// <summary>Host name of the source inside its own network.</summary>
        public static Field LocalHostname { get; } = new("source.local_hostname", FieldTypes.String, "Host name of the source inside its own network.", FieldRules.None, MessageKinds.Event);

        /// <summary>Address of the source inside its own network, behind address translation.</summary>
        public static Field LocalIp { get; } = new("source.local_ip", FieldTypes.IpAddress, "Address of the source inside its own network, behind address translation.", new FieldRules(Multiple: true), MessageKinds.Event);

        /// <summary>Announced address range of the source (CIDR), the most specific one.</summary>
        public static Field Network { get; } = new("source.network", FieldTypes.IpNetwork, "Announced address range of the source (CIDR), the most specific one.", new FieldRules(Multiple: true), MessageKinds.Event);

        /// <summary>Port of the source.</summary>
        public static Field Port { get; } = new("source.port", FieldTypes.Integer, "Port of the source.", new FieldRules(Length: 5), MessageKinds.Event);

        /// <summary>Regional registry that allocated the address of the source.</summary>
        public static Field Registry { get; } = new("source.registry", FieldTypes.Registry, "Regional registry that allocated the address of the source.", new FieldRules(Length: 7), MessageKinds.Event);

        /// <summary>Name found by a reverse look-up of the address of the source.</summary>
        public static Field ReverseDns { get; } = new("source.reverse_dns", FieldTypes.Fqdn, "Name found by a reverse look-up of the address of the source.", new FieldRules(Pattern: FieldPatterns.NoFinalDot, Multiple: true), MessageKinds.Event);

        /// <summary>Whether the address of the source is a Tor node.</summary>
        public static Field TorNode { get; } = new("source.tor_node", FieldTypes.Boolean, "Whether the address of the source is a Tor node.", FieldRules.None, MessageKinds.Event);

        /// <summary>URL at the source; what it serves is told by the classification.</summary>
        public static Field Url { get; } = new("source.url", FieldTypes.Url, "URL at the source; what it serves is told by the classification.", new FieldRules(Multiple: true), MessageKinds.Event);

        /// <summary>Path part of the URL at the source.</summary>
        public static Field Urlpath { get; } = new("source.urlpath", FieldTypes.String, "Path part of the URL at the source.", FieldRules.None, MessageKinds.Event);

        /// <summary>The fields below <c>source.geolocation</c>.</summary>
        public static class Geolocation
        {
            /// <summary>Country of the source: two letters, ISO 3166-1.</summary>
            public static Field Cc { get; } = new("source.geolocation.cc", FieldTypes.UppercaseString, "Country of the source: two letters, ISO 3166-1.", new FieldRules(Pattern: FieldPatterns.CountryCode, Length: 2), MessageKinds.Event);

            /// <summary>City of the source.</summary>
            public static Field City { get; } = new("source.geolocation.city", FieldTypes.String, "City of the source.", FieldRules.None, MessageKinds.Event);

            /// <summary>Name of the country of the source.</summary>
            public static Field Country { get; } = new("source.geolocation.country", FieldTypes.String, "Name of the country of the source.", FieldRules.None, MessageKinds.Event);

            /// <summary>Country of the source according to Team Cymru.</summary>
            public static Field CymruCc { get; } = new("source.geolocation.cymru_cc", FieldTypes.UppercaseString, "Country of the source according to Team Cymru.", new FieldRules(Pattern: FieldPatterns.CountryCode, Length: 2), MessageKinds.Event);

            /// <summary>Country of the source according to MaxMind.</summary>
            public static Field GeoipCc { get; } = new("source.geolocation.geoip_cc", FieldTypes.UppercaseString, "Country of the source according to MaxMind.", new FieldRules(Pattern: FieldPatterns.CountryCode, Length: 2), MessageKinds.Event);

            /// <summary>Latitude of the source in degrees.</summary>
            public static Field Latitude { get; } = new("source.geolocation.latitude", FieldTypes.Float, "Latitude of the source in degrees.", FieldRules.None, MessageKinds.Event);

            /// <summary>Longitude of the source in degrees.</summary>
            public static Field Longitude { get; } = new("source.geolocation.longitude", FieldTypes.Float, "Longitude of the source in degrees.", FieldRules.None, MessageKinds.Event);

            /// <summary>Region of the source.</summary>
            public static Field Region { get; } = new("source.geolocation.region", FieldTypes.String, "Region of the source.", FieldRules.None, MessageKinds.Event);

            /// <summary>State of the source.</summary>
            public static Field State { get; } = new("source.geolocation.state", FieldTypes.String, "State of the source.", FieldRules.None, MessageKinds.Event);
        }
    }
}
