package dev.mgit.cli.command.update;

import dev.mgit.cli.command.hooks.ProgressLines;
import dev.mgit.cli.console.Context;
import dev.mgit.cli.console.LiveLines;
import dev.mgit.hooks.JobProgress;
import dev.mgit.hooks.cascade.UpdatePlan;
import dev.mgit.hooks.cascade.UpdateReport;
import dev.mgit.hooks.event.NotifyCommand;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/** How an update goes on, for whoever watches: a table drawn in place in a terminal, plain lines elsewhere. */
final class UpdateView implements JobProgress, AutoCloseable {
    private static final int ROWS = 20;
    private static final long REDRAW_MILLIS = 500;

    private final Context context;
    private final Optional<LiveLines> live;
    private final ProgressLines lines;
    private final Map<String, Row> rows = new LinkedHashMap<>();
    private final ScheduledExecutorService clock = Executors.newSingleThreadScheduledExecutor(task -> {
        var thread = new Thread(task, "draws the update");
        thread.setDaemon(true);
        return thread;
    });
    private boolean closed;

    /** One unit of the update. */
    private static final class Row {
        private final List<String> models;
        private final double before;
        private String state;
        private String detail = "";
        private long started;
        private long ended;

        Row(List<String> models, String state, double before) {
            this.models = models;
            this.state = state;
            this.before = before;
        }

        boolean over() {
            return state.equals("passed") || state.equals("failed") || state.equals("skipped");
        }

        /** The time it takes so far and, where known, took the last time; in seconds. */
        String time(long now) {
            if (started == 0) {
                return before == 0 || over() ? "" : "(" + UpdateText.time(before) + ")";
            }
            String so = UpdateText.time(((ended == 0 ? now : ended) - started) / 1e9);
            return before == 0 || ended != 0 ? so : so + " of about " + UpdateText.time(before);
        }
    }

    UpdateView(Context context) {
        this.context = context;
        this.live = context.liveLines();
        this.lines = new ProgressLines(context);
    }

    void begin(UpdatePlan plan) {
        plan.units().forEach(unit -> add(unit.name(), List.copyOf(unit.heads().keySet()), "planned", unit.seconds()));
        watch();
    }

    void begin(UpdateReport report) {
        report.lines()
                .forEach(line -> add(line.name(), List.copyOf(line.before().keySet()), line.state(), 0));
        watch();
    }

    private synchronized void add(String name, List<String> models, String state, double before) {
        rows.put(name, new Row(models, state, before));
    }

    private void watch() {
        if (live.isPresent()) {
            var unused = clock.scheduleAtFixedRate(this::draw, 0, REDRAW_MILLIS, TimeUnit.MILLISECONDS);
        }
    }

    @Override
    public void on(Event event) {
        // What is kept because it is nowhere else is told even where nobody wants to see progress.
        if (event.subject().equals(NotifyCommand.SUBJECT) || event.kind() == Kind.KEPT) {
            aside(event);
            return;
        }
        if (live.isEmpty()) {
            if (context.progressWanted()) {
                lines.on(event);
            }
            return;
        }
        note(event);
        draw();
    }

    /** A line of its own above the table, which is drawn again below it. */
    private synchronized void aside(Event event) {
        live.ifPresent(LiveLines::close);
        context.output().note(ProgressLines.text(event));
    }

    private synchronized void note(Event event) {
        Row row = rows.values().stream()
                .filter(candidate -> candidate.models.contains(event.subject()))
                .findFirst()
                .orElse(rows.get(event.subject()));
        if (row == null) {
            return;
        }
        row.detail = event.detail().lines().findFirst().orElse("");
        switch (event.kind()) {
            case STARTED -> {
                row.state = "running";
                row.started = System.nanoTime();
                row.ended = 0;
            }
            case MADE -> row.state = "ran";
            case TESTED -> row.detail = "test " + event.test().orElse("") + ": " + row.detail;
            case PASSED, FAILED, SKIPPED -> {
                row.state = event.kind().name().toLowerCase(java.util.Locale.ROOT);
                row.ended = System.nanoTime();
            }
            case KEPT, PUBLISHED -> {}
        }
    }

    private synchronized void draw() {
        if (closed || live.isEmpty()) {
            return;
        }
        long now = System.nanoTime();
        int width = rows.keySet().stream().mapToInt(String::length).max().orElse(0);
        List<String> first = new ArrayList<>();
        List<String> last = new ArrayList<>();
        rows.forEach((name, row) -> {
            String line = String.format("%-" + Math.max(1, width) + "s  %-8s %-24s", name, row.state, row.time(now))
                    + row.detail;
            boolean waits = row.state.equals("planned") || row.state.equals("passed");
            (waits ? last : first).add(line.stripTrailing());
        });
        long over = rows.values().stream().filter(Row::over).count();
        List<String> all = new ArrayList<>(List.of(over + " of " + rows.size() + " done"));
        all.addAll(first);
        all.addAll(last);
        if (all.size() > ROWS) {
            int more = all.size() - ROWS + 1;
            all.subList(ROWS - 1, all.size()).clear();
            all.add("and " + more + " more");
        }
        live.get().draw(all);
    }

    @Override
    public synchronized void close() {
        if (!closed) {
            closed = true;
            clock.shutdownNow();
            live.ifPresent(LiveLines::close);
        }
    }
}
