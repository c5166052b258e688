package dev.mgit.serve;

import dev.mgit.serve.http.Route;
import dev.mgit.serve.hub.Hub;
import java.util.ArrayList;
import java.util.List;

/** Everything a server answers; the first route that fits does. */
final class RouteTable {
    private RouteTable() {}

    static List<Route> of(Hub hub, List<Route> pushes) {
        List<Route> all = new ArrayList<>(hub.routes());
        all.addAll(pushes);
        return all;
    }
}
