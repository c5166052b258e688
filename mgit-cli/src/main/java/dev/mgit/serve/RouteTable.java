package dev.mgit.serve;

import dev.mgit.serve.http.Route;
import dev.mgit.serve.hub.Hub;
import dev.mgit.serve.web.WebView;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Everything a server answers; the first route that fits does. */
final class RouteTable {
    private RouteTable() {}

    static List<Route> of(Hub hub, List<Route> pushes, Optional<WebView> web) {
        List<Route> routes = new ArrayList<>();
        web.ifPresent(view -> routes.addAll(view.routes()));
        routes.addAll(hub.routes());
        routes.addAll(pushes);
        return routes;
    }
}
