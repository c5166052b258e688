package dev.mgit.lineage.parameters;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mgit.delta.MgitException;
import org.junit.jupiter.api.Test;

class AddressSpaceTest {
    private static final String STATUS = "Name:\tjava\nVmPeak:\t 2726780 kB\nVmSize:\t 2097152 kB\nVmLck:\t 0 kB\n";

    private static String limits(String most) {
        return "Limit                     Soft Limit           Hard Limit           Units     \n"
                + "Max processes             63704                63704                processes \n"
                + "Max address space         " + most + "           " + most + "           bytes     \n";
    }

    @Test
    void whatIsLeftMustDo() {
        long used = 2048L << 20;
        assertThatCode(() -> AddressSpace.require(limits("unlimited"), STATUS)).doesNotThrowAnyException();
        assertThatCode(() -> AddressSpace.require(limits("" + (used + AddressSpace.NEEDED)), STATUS))
                .doesNotThrowAnyException();
        assertThatThrownBy(() -> AddressSpace.require(limits("" + (used + AddressSpace.NEEDED - 1)), STATUS))
                .isInstanceOfSatisfying(MgitException.class, e -> {
                    assertThat(e.kind()).isEqualTo(MgitException.Kind.FAILED);
                    assertThat(e.getMessage()).contains("2048 MiB of it are taken");
                    assertThat(e.hint()).contains("ulimit -v");
                });
        assertThatCode(() -> AddressSpace.require("", "")).doesNotThrowAnyException();
    }
}
