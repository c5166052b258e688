package dev.mgit.cli.command.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Which file system a repository lies on, and what is said of it. The tables of mounts are made. */
class MountTest {
    private static final List<String> TABLE = List.of(
            "21 1 8:1 / / rw,relatime shared:1 - ext4 /dev/sda1 rw",
            "30 21 0:40 / /home rw,relatime shared:5 - nfs4 server:/home rw,vers=4.2,local_lock=none",
            "31 30 0:41 / /home/a\\040b rw,noexec - tmpfs tmpfs rw,size=1g",
            "32 21 0:42 / /home/shadowed rw - ext4 /dev/sdb1 rw",
            "33 32 0:43 / /home/shadowed rw - cifs //server/share rw,nobrl",
            "not a mount");

    @Test
    void theClosestAndLatestMountCounts() {
        assertThat(type("/srv/models")).isEqualTo("ext4");
        assertThat(type("/home/ada/.mgit")).isEqualTo("nfs4");
        assertThat(type("/home/a b/.mgit")).isEqualTo("tmpfs");
        assertThat(type("/home/shadowed/x")).isEqualTo("cifs");
        assertThat(Mount.among(TABLE, Path.of("/home/a b")).orElseThrow().noExec())
                .isTrue();
    }

    private static String type(String path) {
        return Mount.among(TABLE, Path.of(path)).orElseThrow().type();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "nfs | rw,nolock | locks that other machines do not see",
                "nfs4 | rw,local_lock=all | locks that other machines do not see",
                "cifs | rw,nobrl | locks that other machines do not see",
                "fuse.s3fs | rw | neither atomic renames nor locks",
                "fuse.gcsfuse | rw | neither atomic renames nor locks",
                "tmpfs | rw | lost at a restart",
                "ext4 | rw,nobarrier | does not wait for the disk",
                "overlay | rw,volatile | does not wait for the disk",
                "xfs | ro | read-only",
            })
    void whatDoesNotKeepThePromisesIsFound(String type, String options, String what) {
        Checkup checkup = checked(type, options);
        assertThat(checkup.findings()).hasSize(1);
        assertThat(checkup.findings().get(0).what()).contains(what);
        assertThat(checkup.findings().get(0).fix()).isNotBlank();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {"ext4 | rw", "nfs4 | rw,vers=4.2,local_lock=none", "lustre | rw,flock"})
    void whatDoesIsNot(String type, String options) {
        assertThat(checked(type, options).findings()).isEmpty();
    }

    private static Checkup checked(String type, String options) {
        String line = "1 0 0:1 / / " + options + " - " + type + " source " + options;
        var checkup = new Checkup(Map.of());
        new DiskCheck(checkup, Path.of("/"))
                .kind(Mount.among(List.of(line), Path.of("/srv")).orElseThrow());
        return checkup;
    }
}
