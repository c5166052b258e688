package dev.mgit.lineage.diff;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mgit.delta.Dtype;
import dev.mgit.delta.TensorSpec;
import dev.mgit.delta.json.Json;
import dev.mgit.delta.json.JsonObject;
import dev.mgit.lineage.diff.report.DiffHtml;
import dev.mgit.lineage.diff.report.DiffJson;
import dev.mgit.lineage.diff.report.DiffMarkdown;
import dev.mgit.lineage.diff.report.DiffReport;
import dev.mgit.lineage.diff.report.DiffText;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Reports of a made diff whose names try to break out of every format. */
class DiffRenderingTest {
    private static final String HOSTILE = "<script>alert('x')</script>|`*_\u001b[2Jw\nx";
    private static final Diff DIFF = new Diff(
            "a&b",
            HOSTILE,
            "head replaced",
            List.of(new FileChange(
                    "config.json",
                    FileChange.Kind.CHANGED,
                    10,
                    20,
                    false,
                    Optional.of(new FileChange.Lines(2, 1)),
                    List.of(new FileChange.KeyChange("hidden|size", Optional.of("384"), Optional.of("512"))),
                    Optional.empty(),
                    false)),
            List.of(new TensorChange(
                    TensorChange.Status.ADDED,
                    Optional.empty(),
                    Optional.of(HOSTILE),
                    Optional.empty(),
                    Optional.of(new TensorSpec(HOSTILE, Dtype.F32, List.of(2L, 3L))),
                    Optional.empty(),
                    Optional.empty(),
                    Optional.empty(),
                    false)),
            List.of(),
            List.of(),
            List.of(),
            List.of(),
            true);

    private static final DiffReport REPORT = DiffReport.of(DIFF, DiffReport.Detail.TENSORS);

    @Test
    void textCannotSteerTheTerminal() {
        List<String> lines = DiffText.lines(REPORT, (look, heading, text) -> text);

        assertThat(lines).contains("head replaced", "1 tensor: 1 added");
        assertThat(lines).allSatisfy(line -> assertThat(line).doesNotContain("\u001b", "\n"));
        assertThat(lines).anyMatch(line -> line.matches("config.json +changed +10 +20 +\\+2 -1"));
    }

    @Test
    void htmlEscapesEveryName() {
        String page = DiffHtml.render(REPORT);

        assertThat(page).startsWith("<!DOCTYPE html>").contains("&lt;script&gt;", "a&amp;b", "<td>384</td>");
        assertThat(page).doesNotContain("<script", "\u001b", "http:", "https:", " src=", " href=");
    }

    @Test
    void markdownKeepsItsTables() {
        String text = DiffMarkdown.render(REPORT);

        assertThat(text).doesNotContain("<script").contains("hidden\\|size | 384 | 512");
        assertThat(text.lines().filter(line -> line.startsWith("|")))
                .allSatisfy(line -> assertThat(line).endsWith("|"));
    }

    @Test
    void jsonSaysTheSame() {
        JsonObject json = Json.parseObject(Json.bytes(DiffJson.of(DIFF)));

        assertThat(json.number("schema")).isEqualTo(1);
        assertThat(json.flag("differs")).isTrue();
        assertThat(json.object("counts").number("added")).isEqualTo(1);
        JsonObject tensor = json.objects("tensors").get(0);
        assertThat(tensor.string("b")).isEqualTo(HOSTILE);
        assertThat(tensor.has("a")).isFalse();
        assertThat(tensor.object("specB").numbers("shape")).containsExactly(2L, 3L);
    }
}
