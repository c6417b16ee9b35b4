// The fields below `feed`.
namespace IntelMq.DataFormat;

public static partial class Fields
{
    /// <summary>The fields below <c>feed</c>.</summary>
    public static class Feed
    {
        /// <summary>How reliable the feed is, in percent.</summary>
        public static Field Accuracy { get; } = new("feed.accuracy", FieldTypes.Accuracy, "How reliable the feed is, in percent.", FieldRules.None, MessageKinds.Report | MessageKinds.Event);

        /// <summary>Short code of the feed.</summary>
        public static Field Code { get; } = new("feed.code", FieldTypes.String, "Short code of the feed.", new FieldRules(Length: 100), MessageKinds.Report | MessageKinds.Event);

        /// <summary>Where the feed is documented.</summary>
        public static Field Documentation { get; } = new("feed.documentation", FieldTypes.String, "Where the feed is documented.", FieldRules.None, MessageKinds.Report | MessageKinds.Event);

        /// <summary>Name of the feed.</summary>
        public static Field Name { get; } = new("feed.name", FieldTypes.String, "Name of the feed.", FieldRules.None, MessageKinds.Report | MessageKinds.Event);

        /// <summary>Who provides the feed.</summary>
        public static Field Provider { get; } = new("feed.provider", FieldTypes.String, "Who provides the feed.", FieldRules.None, MessageKinds.Report | MessageKinds.Event);

        /// <summary>Where the feed was fetched.</summary>
        public static Field Url { get; } = new("feed.url", FieldTypes.Url, "Where the feed was fetched.", FieldRules.None, MessageKinds.Report | MessageKinds.Event);
    }
}
