package dev.mgit.serve.web;

import dev.mgit.lineage.graph.ChildEdges;
import dev.mgit.lineage.graph.EdgeFilter;
import dev.mgit.lineage.graph.GraphData;
import dev.mgit.lineage.graph.LineageGraph;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The part of the graph around a version, never more than can be looked at: of many children or parents of one kind the
 * newest few, the rest as one counted node; of a run of versions that only follow each other its ends. Without a version
 * to start from, the largest families. Looks only at what it shows, its neighbours and the runs it folds.
 */
final class Neighbourhood {
    /** Children or parents of one kind that are shown next to the middle, and further out. */
    private static final int NEAR = 12;

    private static final int FAR = 4;

    /** The same where several families are shown. */
    private static final int OVERVIEW = 3;

    /** Families shown where nobody asks for one. */
    private static final int FAMILIES = 6;

    /** A lineage of so many versions is shown whole. */
    private static final int SMALL = 60;

    /** Versions in a row that are worth folding. */
    private static final int RUN = 3;

    /**
     * What to show.
     *
     * @param start numbers of versions; none for the largest families
     * @param depth edges to go from there
     * @param limit versions at most
     * @param opened how many of a fold to show, by its key
     */
    record Wish(List<Integer> start, int depth, EdgeFilter edges, int limit, Map<String, Integer> opened) {}

    /** Versions left out beside one that is shown, all on one side and of one kind. */
    record Fold(String key, int of, boolean parents, String kind, int count, int shown) {}

    /** Versions left out between two that are shown, which only follow each other. */
    record Run(String key, int older, int newer, int count) {}

    private final Snapshot snapshot;
    private final LineageGraph graph;
    private final GraphData data;
    private final Wish wish;
    private final boolean whole;
    private final Set<String> openedSides = new HashSet<>();
    private final Map<Integer, Integer> shown = new LinkedHashMap<>();
    private final Map<Integer, Run> runs = new LinkedHashMap<>();
    private final Set<Integer> inRuns = new HashSet<>();
    private final Deque<Integer> queue = new ArrayDeque<>();
    private long looked;

    private Neighbourhood(Snapshot snapshot, Wish wish) {
        this.snapshot = snapshot;
        this.graph = snapshot.graph();
        this.data = graph.data;
        this.wish = wish;
        this.whole = wish.start().isEmpty() && graph.size() <= SMALL;
        wish.opened().keySet().forEach(key -> openedSides.add(key.substring(0, Math.max(0, key.lastIndexOf(':')))));
    }

    static Neighbourhood of(Snapshot snapshot, Wish wish) {
        var around = new Neighbourhood(snapshot, wish);
        around.grow();
        return around;
    }

    private void grow() {
        start().forEach(node -> add(node, 0));
        while (!queue.isEmpty()) {
            int node = queue.remove();
            int distance = shown.getOrDefault(node, 0);
            for (boolean parents : new boolean[] {true, false}) {
                if (!isEdge(node, distance, parents)) {
                    spread(node, distance, parents);
                }
            }
        }
    }

    /** Whether nothing is to be shown beyond a version on one side, because it is far enough out. */
    private boolean isEdge(int node, int distance, boolean parents) {
        return distance >= wish.depth() && !whole && !openedSides.contains(side(node, parents));
    }

    private List<Integer> start() {
        if (!wish.start().isEmpty()) {
            return wish.start();
        }
        int most = whole ? graph.size() : wish.opened().getOrDefault("families", FAMILIES);
        return snapshot.families().stream()
                .limit(most)
                .map(Snapshot.Family::root)
                .toList();
    }

    private boolean add(int node, int distance) {
        if (shown.size() >= wish.limit() || shown.containsKey(node)) {
            return shown.containsKey(node);
        }
        shown.put(node, distance);
        queue.add(node);
        return true;
    }

    /** Shows the neighbours of a version on one side, as many of each kind as there is room for. */
    private void spread(int node, int distance, boolean parents) {
        Map<String, Integer> room = new LinkedHashMap<>();
        for (int[] neighbour : neighbours(node, parents)) {
            String kind = Snapshot.kind((byte) neighbour[1]);
            int left = room.computeIfAbsent(kind, word -> room(node, parents, word, distance));
            if (!shown.containsKey(neighbour[0]) && left > 0) {
                room.put(kind, left - 1);
                if (!kind.equals("version") || !fold(node, neighbour[0], distance, parents)) {
                    add(neighbour[0], distance + 1);
                }
            }
        }
    }

    private int room(int node, boolean parents, String kind, int distance) {
        int usual = whole ? Integer.MAX_VALUE : wish.start().isEmpty() ? OVERVIEW : distance == 0 ? NEAR : FAR;
        int asked = wish.opened().getOrDefault(key(node, parents, ""), usual);
        return wish.opened().getOrDefault(key(node, parents, kind), asked);
    }

    /** Follows versions that only follow each other from one that is shown; whether they were folded. */
    private boolean fold(int from, int first, int distance, boolean parents) {
        List<Integer> run = new ArrayList<>();
        int at = first;
        while (isPlain(at)) {
            run.add(at);
            at = follow(at, parents);
        }
        String key = "run:" + graph.id(first).hex();
        int open = Math.min(run.size(), wish.opened().getOrDefault(key, 0));
        if (run.size() - open < RUN || inRuns.contains(first) || shown.size() + open >= wish.limit()) {
            return inRuns.contains(first);
        }
        run.subList(0, open).forEach(member -> add(member, distance));
        if (!add(at, distance + 1)) {
            return false;
        }
        List<Integer> folded = run.subList(open, run.size());
        int before = open == 0 ? from : run.get(open - 1);
        int end = folded.get(folded.size() - 1);
        inRuns.add(folded.get(0));
        inRuns.add(end);
        runs.put(
                folded.get(0),
                new Run(key + ":" + (open + NEAR), parents ? at : before, parents ? before : at, folded.size()));
        return true;
    }

    /** Whether a version has one before it, one after it, no name, and nothing else to do with anybody. */
    private boolean isPlain(int node) {
        if (shown.containsKey(node) || data.absent[node] != 0 || graph.names().isHead(node)) {
            return false;
        }
        List<int[]> before = neighbours(node, true);
        ChildEdges children = graph.children();
        int after = children.start[node + 1] - children.start[node];
        return before.size() == 1
                && after == 1
                && isVersion(before.get(0)[1])
                && isVersion(children.code[children.start[node]])
                && snapshot.tags(node).isEmpty();
    }

    private static boolean isVersion(int code) {
        return Snapshot.kind((byte) code).equals("version");
    }

    private int follow(int node, boolean parents) {
        return parents ? data.edgeParent[data.edgeStart[node]] : graph.children().child[graph.children().start[node]];
    }

    /** Number and edge code of each neighbour on one side, the newest child first. */
    private List<int[]> neighbours(int node, boolean parents) {
        List<int[]> found = new ArrayList<>();
        if (parents) {
            for (int e = data.edgeStart[node]; e < data.edgeStart[node + 1]; e++) {
                take(found, data.edgeParent[e], data.edgeCode[e]);
            }
        } else {
            ChildEdges children = graph.children();
            for (int e = children.start[node + 1] - 1; e >= children.start[node]; e--) {
                take(found, children.child[e], children.code[e]);
            }
        }
        return found;
    }

    private void take(List<int[]> found, int node, byte code) {
        looked++;
        if (wish.edges().follows(code)) {
            found.add(new int[] {node, code});
        }
    }

    /** Versions shown, and how many edges from the middle. */
    Map<Integer, Integer> shown() {
        return shown;
    }

    List<Run> runs() {
        return List.copyOf(runs.values());
    }

    /** What was left out beside the versions shown. */
    List<Fold> folds() {
        List<Fold> folds = new ArrayList<>();
        for (Map.Entry<Integer, Integer> entry : shown.entrySet()) {
            for (boolean parents : new boolean[] {true, false}) {
                folds(entry.getKey(), parents, isEdge(entry.getKey(), entry.getValue(), parents), folds);
            }
        }
        return folds;
    }

    /** At the edge of what is shown, one for all kinds. */
    private void folds(int node, boolean parents, boolean edge, List<Fold> folds) {
        Map<String, int[]> counts = new LinkedHashMap<>();
        for (int[] neighbour : neighbours(node, parents)) {
            if (!inRuns.contains(neighbour[0])) {
                String kind = edge ? "" : Snapshot.kind((byte) neighbour[1]);
                int[] count = counts.computeIfAbsent(kind, word -> new int[2]);
                count[shown.containsKey(neighbour[0]) ? 1 : 0]++;
            }
        }
        counts.forEach((kind, count) -> {
            if (count[0] > 0) {
                String key = key(node, parents, kind) + ":" + (count[1] + 2 * NEAR);
                folds.add(new Fold(key, node, parents, kind, count[0], count[1]));
            }
        });
    }

    private String key(int node, boolean parents, String kind) {
        return side(node, parents) + ":" + kind;
    }

    private String side(int node, boolean parents) {
        return (parents ? "up:" : "down:") + graph.id(node).hex();
    }

    /** Families that are not shown though nobody asked for one. */
    List<Snapshot.Family> familiesLeftOut() {
        return wish.start().isEmpty()
                ? snapshot.families().stream()
                        .filter(family -> !shown.containsKey(family.root()))
                        .toList()
                : List.of();
    }

    int familiesShown() {
        return start().size();
    }

    Snapshot snapshot() {
        return snapshot;
    }

    /** How many edges were looked at. */
    long looked() {
        return looked;
    }
}
