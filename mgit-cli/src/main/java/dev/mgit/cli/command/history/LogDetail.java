package dev.mgit.cli.command.history;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.mgit.cli.command.update.ResultText;
import dev.mgit.lineage.version.Version;
import java.io.IOException;
import java.util.List;

/** What a log shows of each version beyond the version itself. */
interface LogDetail {
    List<String> lines(Version version) throws IOException;

    /** Writes fields into the version's object. */
    void json(JsonGenerator json, Version version) throws IOException;

    /** The results of tests, and the numbers noted on the version. */
    static LogDetail of(ResultText results) {
        return new LogDetail() {
            @Override
            public List<String> lines(Version version) {
                return results.lines(version, results.noted(version));
            }

            @Override
            public void json(JsonGenerator json, Version version) throws IOException {
                results.json(json, version, results.noted(version));
            }
        };
    }
}
