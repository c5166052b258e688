package dev.mgit.hooks.executor;

import dev.mgit.hooks.Folders;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * A real Slurm of one node, started by hand since there may be no systemd: munged, slurmctld and slurmd with their
 * files in a folder of their own. Debian's packages are installed if they are missing and this may install them.
 * {@code -Dmgit.test.slurm=off} turns it off.
 */
public final class SlurmCluster implements AutoCloseable {
    private static final List<String> PROGRAMS = List.of("munged", "slurmctld", "slurmd");

    private final Path folder;
    private final List<Process> daemons = new ArrayList<>();

    private SlurmCluster(Path folder) {
        this.folder = folder;
    }

    /** Why there can be no Slurm here; empty if there can. */
    public static Optional<String> reasonAgainst() {
        if ("off".equals(System.getProperty("mgit.test.slurm"))) {
            return Optional.of("turned off with -Dmgit.test.slurm=off");
        }
        if (!"root".equals(System.getProperty("user.name"))) {
            return Optional.of("starting Slurm's daemons needs root");
        }
        if (PROGRAMS.stream().allMatch(SlurmCluster::there)) {
            return Optional.empty();
        }
        if (!Files.isExecutable(Path.of("/usr/bin/apt-get"))) {
            return Optional.of("Slurm is not installed and there is no apt-get");
        }
        Map<String, String> quiet = Map.of("DEBIAN_FRONTEND", "noninteractive");
        int code = run(quiet, 300, "apt-get", "install", "-y", "-q", "--no-install-recommends", "slurm-wlm", "munge");
        return code == 0 && PROGRAMS.stream().allMatch(SlurmCluster::there)
                ? Optional.empty()
                : Optional.of("apt-get install slurm-wlm munge ended with " + code);
    }

    private static boolean there(String program) {
        return Files.isExecutable(Path.of("/usr/sbin", program));
    }

    private static int run(Map<String, String> environment, int seconds, String... command) {
        try {
            var builder = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD);
            builder.environment().putAll(environment);
            Process process = builder.start();
            if (!process.waitFor(seconds, TimeUnit.SECONDS)) {
                process.destroyForcibly();
                return -1;
            }
            return process.exitValue();
        } catch (IOException e) {
            return -1;
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    public static SlurmCluster start(Path folder) throws IOException, InterruptedException {
        var cluster = new SlurmCluster(folder);
        cluster.startMunge();
        Files.writeString(folder.resolve("slurm.conf"), cluster.configuration());
        Folders.create(folder.resolve("state"));
        Folders.create(folder.resolve("spool"));
        cluster.daemon("/usr/sbin/slurmctld", "-D");
        cluster.daemon("/usr/sbin/slurmd", "-D", "-N", host());
        for (int attempt = 0; run(cluster.environment(), 10, "sh", "-c", "sinfo -h | grep -q idle") != 0; attempt++) {
            if (attempt == 240) {
                throw new IOException("Slurm did not come up; its logs are in " + folder);
            }
            Thread.sleep(250);
        }
        return cluster;
    }

    private void startMunge() throws IOException, InterruptedException {
        // munged runs as its own user and wants its key to itself.
        for (String line : List.of(
                "chmod 755 .",
                "mkdir -m 700 munge",
                "mkdir -m 755 socket",
                "dd if=/dev/urandom of=munge/key bs=128 count=1",
                "chown -R munge munge socket",
                "chmod 400 munge/key")) {
            if (run(Map.of(), 10, "sh", "-c", "cd '" + folder + "' && " + line) != 0) {
                throw new IOException("cannot prepare munge: " + line);
            }
        }
        Path munge = folder.resolve("munge");
        daemon(
                "/usr/sbin/runuser",
                "-u",
                "munge",
                "--",
                "/usr/sbin/munged",
                "--foreground",
                "--key-file=" + munge.resolve("key"),
                "--socket=" + socket(),
                "--pid-file=" + munge.resolve("pid"),
                "--log-file=" + munge.resolve("log"),
                "--seed-file=" + munge.resolve("seed"));
        for (int attempt = 0; !Files.exists(socket()); attempt++) {
            if (attempt == 240) {
                throw new IOException("munge did not come up");
            }
            Thread.sleep(100);
        }
    }

    private Path socket() {
        return folder.resolve("socket/munge");
    }

    private void daemon(String... command) throws IOException {
        var builder = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve(Path.of(command[0]).getFileName() + ".out")
                        .toFile());
        builder.environment().putAll(environment());
        daemons.add(builder.start());
    }

    private static String host() throws IOException {
        return InetAddress.getLocalHost().getHostName().split("\\.")[0];
    }

    private static int freePort() throws IOException {
        try (var socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }

    private String configuration() throws IOException {
        return String.join(
                        "\n",
                        "ClusterName=mgit",
                        "SlurmctldHost=" + host() + "(127.0.0.1)",
                        "SlurmUser=root",
                        "SlurmctldPort=" + freePort(),
                        "SlurmdPort=" + freePort(),
                        "AuthType=auth/munge",
                        "AuthInfo=socket=" + socket(),
                        "StateSaveLocation=" + folder.resolve("state"),
                        "SlurmdSpoolDir=" + folder.resolve("spool"),
                        "SlurmctldPidFile=" + folder.resolve("slurmctld.pid"),
                        "SlurmdPidFile=" + folder.resolve("slurmd.pid"),
                        "ProctrackType=proctrack/linuxproc",
                        "TaskPlugin=task/none",
                        "JobAcctGatherType=jobacct_gather/none",
                        "MpiDefault=none",
                        "SelectType=select/cons_tres",
                        "SelectTypeParameters=CR_CPU",
                        "SchedulerParameters=sched_interval=1,bf_interval=1",
                        "ReturnToService=2",
                        "KillWait=2",
                        "NodeName=" + host() + " NodeAddr=127.0.0.1 CPUs=2 State=UNKNOWN",
                        "PartitionName=main Nodes=ALL Default=YES MaxTime=INFINITE State=UP")
                + "\n";
    }

    /** The environment that leads Slurm's programs to this cluster. */
    public Map<String, String> environment() {
        Map<String, String> environment = new HashMap<>(System.getenv());
        environment.put("SLURM_CONF", folder.resolve("slurm.conf").toString());
        return environment;
    }

    @Override
    public void close() {
        for (int i = daemons.size() - 1; i >= 0; i--) {
            daemons.get(i).descendants().forEach(ProcessHandle::destroy);
            daemons.get(i).destroy();
        }
        for (Process daemon : daemons) {
            try {
                if (!daemon.waitFor(10, TimeUnit.SECONDS)) {
                    daemon.destroyForcibly();
                }
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        }
    }
}
