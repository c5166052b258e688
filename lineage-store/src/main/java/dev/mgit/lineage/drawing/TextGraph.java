package dev.mgit.lineage.drawing;

import dev.mgit.lineage.version.Version;
import dev.mgit.lineage.version.VersionId;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * Draws a log as lanes, one version at a time, children first. A lane leads down to a version still to come: {@code |}
 * if by a version edge, {@code :} if only by provenance edges.
 *
 * <pre>
 * *    merged
 * :\
 * : *  right
 * * :  left
 * :/
 * *    base~1
 * |
 * *    base~2</pre>
 */
public final class TextGraph {
    private static final char VERSION = '|';
    private static final char PROVENANCE = ':';

    private final Consumer<String> out;
    private final List<VersionId> lanes = new ArrayList<>();
    private final List<Character> marks = new ArrayList<>();

    /** @param out prints a line, and sees to what must not reach a terminal */
    public TextGraph(Consumer<String> out) {
        this.out = out;
    }

    /**
     * Draws one version. Each version must come after all its children that are drawn.
     *
     * @param mark stands for the version, e.g. {@code *}
     * @param text lines to put beside it
     */
    public void add(Version version, char mark, List<String> text) {
        int lane = lanes.indexOf(version.id());
        if (lane < 0) {
            lane = lanes.size();
            lanes.add(version.id());
            marks.add(VERSION);
        }
        line(lane, mark, text.isEmpty() ? "" : text.get(0));
        List<Map.Entry<VersionId, Character>> parents = parents(version);
        if (parents.isEmpty()) {
            end(lane, text);
            return;
        }
        lanes.set(lane, parents.get(0).getKey());
        marks.set(lane, parents.get(0).getValue());
        for (String more : text.subList(Math.min(1, text.size()), text.size())) {
            line(-1, mark, more);
        }
        for (int i = parents.size() - 1; i > 0; i--) {
            fork(lane, parents.get(i));
        }
        joinTwins();
    }

    private static List<Map.Entry<VersionId, Character>> parents(Version version) {
        Map<VersionId, Character> parents = new LinkedHashMap<>();
        version.previous().ifPresent(id -> parents.put(id, VERSION));
        version.origins().forEach(edge -> parents.putIfAbsent(edge.parent(), PROVENANCE));
        return List.copyOf(parents.entrySet());
    }

    /** One character for each lane and a space after each, then the text. */
    private void line(int lane, char mark, String text) {
        StringBuilder line = new StringBuilder();
        for (int i = 0; i < lanes.size(); i++) {
            line.append(i == lane ? mark : marks.get(i)).append(' ');
        }
        print(line.append(' ').append(text));
    }

    private void end(int lane, List<String> text) {
        char space = ' ';
        marks.set(lane, space);
        for (String more : text.subList(Math.min(1, text.size()), text.size())) {
            line(-1, space, more);
        }
        lanes.remove(lane);
        marks.remove(lane);
        if (lane < lanes.size()) {
            StringBuilder line = straight(lane);
            for (int i = lane; i < lanes.size(); i++) {
                line.append(" /");
            }
            print(line);
        }
    }

    /** Opens a lane right of another; the lanes further right move over. */
    private void fork(int lane, Map.Entry<VersionId, Character> parent) {
        StringBuilder line = straight(lane).append(marks.get(lane));
        for (int i = lane; i < lanes.size(); i++) {
            line.append("\\ ");
        }
        print(line);
        lanes.add(lane + 1, parent.getKey());
        marks.add(lane + 1, parent.getValue());
    }

    /** Joins lanes that lead to the same version into the left one. */
    private void joinTwins() {
        for (int right = 1; right < lanes.size(); right++) {
            int left = lanes.indexOf(lanes.get(right));
            if (left < right) {
                join(left, right);
                right--;
            }
        }
    }

    private void join(int left, int right) {
        if (marks.get(right) == VERSION) {
            marks.set(left, VERSION);
        }
        StringBuilder line = straight(left);
        for (int i = left; i < right; i++) {
            line.append(marks.get(i)).append(i == right - 1 ? '/' : '_');
        }
        for (int i = right + 1; i < lanes.size(); i++) {
            line.append(" /");
        }
        print(line);
        lanes.remove(right);
        marks.remove(right);
    }

    private StringBuilder straight(int lanesLeft) {
        StringBuilder line = new StringBuilder();
        for (int i = 0; i < lanesLeft; i++) {
            line.append(marks.get(i)).append(' ');
        }
        return line;
    }

    private void print(StringBuilder line) {
        out.accept(line.toString().stripTrailing());
    }
}
