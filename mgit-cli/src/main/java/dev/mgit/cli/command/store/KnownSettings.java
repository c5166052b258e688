package dev.mgit.cli.command.store;

import dev.mgit.cli.command.evidence.KeyFiles;
import dev.mgit.cli.command.hooks.HookSettings;
import dev.mgit.delta.MgitException;
import dev.mgit.hooks.executor.Executors;
import dev.mgit.hooks.sharing.SharingGate;
import dev.mgit.hooks.watch.WatchSettings;
import dev.mgit.lineage.checkpoint.CommitSettings;
import dev.mgit.lineage.checkpoint.StoreSettings;
import dev.mgit.lineage.detect.DetectSettings;
import dev.mgit.lineage.version.DidYouMean;
import dev.mgit.lineage.version.Settings;
import dev.mgit.serve.files.CacheSettings;
import dev.mgit.serve.hub.push.PushLimits;
import java.util.List;
import java.util.function.Consumer;

/** Every setting there is. Whoever reads a new one enters it here; what is not here is refused. */
public final class KnownSettings {
    /**
     * One setting.
     *
     * @param fallback what holds where it is not set, for people
     * @param meaning one sentence, with the values it takes
     * @param check refuses settings in which this one has a value it cannot have
     */
    public record Setting(String name, String fallback, String meaning, Consumer<Settings> check) {}

    private static final List<Setting> ALL = List.of(
            new Setting("user.name", "Git's user.name", "Author name of new versions.", KnownSettings::any),
            new Setting("user.email", "Git's user.email", "Author email of new versions.", KnownSettings::any),
            new Setting("commit.strict", "false", "Refuse incomplete checkpoints: true, false.", CommitSettings::of),
            new Setting("commit.weightsOnly", "false", "Leave training state out: true, false.", CommitSettings::of),
            new Setting(
                    DetectSettings.MIN_CONFIDENCE,
                    DetectSettings.DEFAULT,
                    "Minimum confidence to record an inferred parent, 0 to 1.",
                    DetectSettings::of),
            new Setting("store.effort", "balanced", "Compression effort: fast, balanced, small.", StoreSettings::of),
            new Setting("store.maxDepth", "4", "Maximum length of a delta chain, 1 to 64.", StoreSettings::of),
            new Setting(
                    "store.predictFromTeachers",
                    "false",
                    "Predict weights also from the teacher of a distilled model: true, false.",
                    StoreSettings::of),
            new Setting(
                    "store.threads",
                    "all CPUs",
                    "Encoder threads, 1 to 256. By default no more than the heap has room for (8 in 320 MB).",
                    StoreSettings::of),
            new Setting(
                    "update.auto",
                    "report",
                    "What to do after a commit: off, test, plan, run. If unset, stale models are listed.",
                    KnownSettings::hooks),
            new Setting("update.jobs", "1", "Maximum parallel commands of an update.", KnownSettings::hooks),
            new Setting(
                    "executor.name",
                    Executors.DEFAULT,
                    "Where commands run: " + String.join(", ", Executors.names()) + ".",
                    KnownSettings::hooks),
            new Setting("executor.gpus", "none", "GPUs available to jobs, comma-separated: 0,1.", KnownSettings::hooks),
            new Setting("executor.cpus", "no limit", "Default CPUs per job.", KnownSettings::hooks),
            new Setting("executor.memory", "no limit", "Default memory limit per job: 16G.", KnownSettings::hooks),
            new Setting("executor.timeout", "no limit", "Default time limit per job: 90m, 2h.", KnownSettings::hooks),
            new Setting("executor.command.submit", "none", "Shell line that submits a job.", KnownSettings::hooks),
            new Setting("executor.command.look", "none", "Shell line that looks at a job.", KnownSettings::hooks),
            new Setting("executor.command.find", "none", "Shell line that finds a job by name.", KnownSettings::hooks),
            new Setting("executor.command.end", "none", "Shell line that ends a job.", KnownSettings::hooks),
            new Setting(
                    "executor.command.queues",
                    "false",
                    "Whether jobs can wait in the queue for each other: true, false.",
                    KnownSettings::hooks),
            new Setting(
                    "executor.command.interval",
                    "2s",
                    "How often the scheduler is asked about one job.",
                    KnownSettings::hooks),
            new Setting(
                    "executor.command.timeout",
                    "1m",
                    "How long the scheduler may take to answer: 90s, 5m.",
                    KnownSettings::hooks),
            new Setting(
                    "executor.command.remote",
                    "none",
                    "Remote by which jobs get parents and return results, where nodes share no files with this machine.",
                    KnownSettings::hooks),
            new Setting("kubernetes.image", "none", "Container image that jobs run in.", KnownSettings::hooks),
            new Setting("kubernetes.namespace", "of the kubeconfig", "Namespace of the Jobs.", KnownSettings::hooks),
            new Setting("kubernetes.context", "the current one", "Context of the kubeconfig.", KnownSettings::hooks),
            new Setting(
                    "kubernetes.claim",
                    "none",
                    "Volume claims, and where each is mounted here and in jobs: CLAIM:PATH, by commas.",
                    KnownSettings::hooks),
            new Setting(
                    "kubernetes.hostPath",
                    "none",
                    "Folders that all nodes have at the same path, by commas.",
                    KnownSettings::hooks),
            new Setting(
                    "kubernetes.labels",
                    "none",
                    "Further labels of Jobs and pods: NAME=VALUE, by commas.",
                    KnownSettings::hooks),
            new Setting(
                    "kubernetes.nodeSelector",
                    "none",
                    "Labels of nodes that may run jobs: NAME=VALUE, by commas.",
                    KnownSettings::hooks),
            new Setting(
                    "kubernetes.serviceAccount",
                    "none",
                    "Service account of the pods; without one they get no token.",
                    KnownSettings::hooks),
            new Setting(
                    "kubernetes.gpuResource", "nvidia.com/gpu", "Resource that --gpus asks for.", KnownSettings::hooks),
            new Setting(
                    "kubernetes.remote",
                    "none",
                    "The same as executor.command.remote for Kubernetes; then no volume is needed.",
                    KnownSettings::hooks),
            new Setting(
                    "safe.directory",
                    "none",
                    "Other users' repositories that may be changed: a path, PATH/* or *; only with --global.",
                    KnownSettings::any),
            new Setting(
                    SharingGate.SETTING,
                    "refuse",
                    "What comes of a version that breaks what its recipe declares: refuse, warn, off.",
                    settings -> SharingGate.check(settings.get(SharingGate.SETTING))),
            new Setting(
                    PushLimits.UPLOADS,
                    PushLimits.DEFAULT,
                    "What clients may have uploaded to mgit serve and not committed: 500m, 100g.",
                    PushLimits::of),
            new Setting(
                    CacheSettings.SIZE,
                    CacheSettings.DEFAULT,
                    "Disk space for decoded files that mgit serve keeps in the user's cache folder: 500m, 100g, off.",
                    CacheSettings::size),
            new Setting(
                    KeyFiles.KEY, "none", "Private key that signs: a file; only with --global.", KnownSettings::any),
            new Setting(
                    KeyFiles.CERTIFICATE,
                    "none",
                    "Certificates of sign.key, its own first: files, by commas; only with --global.",
                    KnownSettings::any),
            new Setting(
                    KeyFiles.PASSWORD,
                    "none",
                    "Environment variable with the password of sign.key; only with --global.",
                    KnownSettings::any),
            new Setting(
                    KeyFiles.TRUST,
                    "none",
                    "Public keys and root certificates whose signatures count: files, by commas; only with --global.",
                    KnownSettings::any),
            new Setting("slurm.arguments", "none", "Further arguments for sbatch.", KnownSettings::hooks),
            new Setting("slurm.remote", "none", "The same as executor.command.remote for Slurm.", KnownSettings::hooks),
            new Setting(
                    WatchSettings.SETTLE,
                    "5s",
                    "How long a checkpoint must be left alone before mgit watch commits it: 30s, 2m.",
                    WatchSettings::of),
            new Setting(
                    WatchSettings.MIN_FREE,
                    "1g",
                    "Free disk space below which mgit watch commits nothing: 500m, 20g.",
                    WatchSettings::of));

    private KnownSettings() {}

    private static void hooks(Settings settings) {
        HookSettings.check(settings::get);
    }

    /** Any text will do. */
    private static void any(Settings settings) {}

    public static List<Setting> all() {
        return ALL;
    }

    /** @throws MgitException of kind USAGE, with a did-you-mean hint, if there is none of that name */
    static Setting require(String name) {
        if (name.equalsIgnoreCase("core.pager")) {
            throw new MgitException(
                    MgitException.Kind.USAGE,
                    "core.pager is a command and cannot be set by a repository",
                    "set it for yourself: git config --global core.pager COMMAND, or MGIT_PAGER");
        }
        return ALL.stream()
                .filter(setting -> setting.name().equalsIgnoreCase(name))
                .findFirst()
                .orElseThrow(() -> new MgitException(
                        MgitException.Kind.USAGE,
                        "unknown setting '" + name + "'",
                        DidYouMean.hint(
                                name,
                                ALL.stream().map(Setting::name).toList(),
                                name.indexOf('.') < 0
                                        ? "'mgit config NAME' prints a setting, 'mgit config NAME VALUE' sets it, "
                                                + "'mgit config --list' lists all settings"
                                        : "'mgit config --list' lists all settings")));
    }
}
