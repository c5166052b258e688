package dev.mgit.cli.command.doctor;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.mgit.cli.console.Output;
import dev.mgit.cli.console.Table;
import dev.mgit.delta.MgitException;
import dev.mgit.lineage.text.Secrets;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What was looked at, and what is wrong with it. Secrets are masked as they come in. */
final class Checkup {
    /** Something as it is. */
    record Fact(String area, String name, String value) {}

    /** Something that is wrong, and what mends it. */
    record Finding(String area, String what, String fix) {}

    private final Map<String, String> environment;
    private final List<Fact> facts = new ArrayList<>();
    private final List<Finding> findings = new ArrayList<>();

    Checkup(Map<String, String> environment) {
        this.environment = environment;
    }

    /** Something to look at, which may turn out not to be possible. */
    @FunctionalInterface
    interface Look {
        void at() throws IOException;
    }

    void fact(String area, String name, Object value) {
        facts.add(new Fact(area, name, Secrets.mask(String.valueOf(value), environment)));
    }

    void finding(String area, String what, String fix) {
        findings.add(new Finding(area, Secrets.mask(what, environment), Secrets.mask(fix, environment)));
    }

    /** Looks; that it fails is a finding, and no reason to look at nothing else. */
    void attempt(String area, Look look) {
        try {
            look.at();
        } catch (MgitException e) {
            finding(area, e.getMessage(), Optional.ofNullable(e.hint()).orElse("run 'mgit fsck'"));
        } catch (IOException | RuntimeException e) {
            finding(area, "could not be looked at: " + e, "see that it can be read");
        }
    }

    List<Finding> findings() {
        return findings;
    }

    void print(Output output) {
        Table table = output.table("Area", "What", "Value");
        facts.forEach(fact -> table.row(fact.area(), fact.name(), fact.value()));
        table.print();
        for (Finding finding : findings) {
            output.line("");
            output.line(output.styled(Output.Style.YELLOW, "finding: ") + finding.area() + ": " + finding.what());
            output.line("  fix: " + finding.fix());
        }
        output.line("");
        output.line(
                findings.isEmpty()
                        ? "Nothing found"
                        : findings.size() == 1 ? "1 finding" : findings.size() + " findings");
    }

    void write(JsonGenerator json) throws IOException {
        json.writeBooleanField("healthy", findings.isEmpty());
        json.writeArrayFieldStart("facts");
        for (Fact fact : facts) {
            json.writeStartObject();
            json.writeStringField("area", fact.area());
            json.writeStringField("name", fact.name());
            json.writeStringField("value", fact.value());
            json.writeEndObject();
        }
        json.writeEndArray();
        json.writeArrayFieldStart("findings");
        for (Finding finding : findings) {
            json.writeStartObject();
            json.writeStringField("area", finding.area());
            json.writeStringField("what", finding.what());
            json.writeStringField("fix", finding.fix());
            json.writeEndObject();
        }
        json.writeEndArray();
    }
}
