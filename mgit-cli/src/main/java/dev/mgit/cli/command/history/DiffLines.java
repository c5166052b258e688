package dev.mgit.cli.command.history;

import dev.mgit.cli.console.Output;
import dev.mgit.lineage.diff.Diff;
import dev.mgit.lineage.diff.report.DiffReport;
import dev.mgit.lineage.diff.report.DiffReport.Detail;
import dev.mgit.lineage.diff.report.DiffText;
import java.util.List;

/** A diff as lines for people, in the terminal's colors. */
final class DiffLines {
    private DiffLines() {}

    static List<String> of(Output output, Diff diff, Detail detail) {
        return DiffText.lines(
                DiffReport.of(diff, detail), (look, heading, text) -> styled(output, look, heading, text));
    }

    private static String styled(Output output, DiffReport.Look look, boolean heading, String text) {
        if (heading) {
            return output.styled(Output.Style.BOLD, text);
        }
        return switch (look) {
            case PLAIN -> text;
            case ADDED -> output.styled(Output.Style.GREEN, text);
            case REMOVED -> output.styled(Output.Style.RED, text);
            case CHANGED -> output.styled(Output.Style.YELLOW, text);
            case SAME -> output.styled(Output.Style.FAINT, text);
        };
    }
}
