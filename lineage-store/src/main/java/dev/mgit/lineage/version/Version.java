package dev.mgit.lineage.version;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * One immutable state of a model, without its files.
 *
 * @param model the model's name when the version was made; a later {@code mgit mv} does not change it
 * @param previous the version of the same model that this one replaces (the version edge)
 * @param origins provenance edges, as they stand now: declared ones less those withdrawn, plus those added later
 * @param message subject and body without trailers
 * @param trailers the user's own trailers ({@code --trailer K=V}), in order; mgit's own are in the other fields
 */
public record Version(
        VersionId id,
        String model,
        Optional<VersionId> previous,
        List<ProvenanceEdge> origins,
        String message,
        Person author,
        Instant when,
        Map<String, String> trailers) {
    public Version {
        origins = List.copyOf(origins);
    }

    /** First line of the message. */
    public String subject() {
        int end = message.indexOf('\n');
        return end < 0 ? message : message.substring(0, end);
    }
}
