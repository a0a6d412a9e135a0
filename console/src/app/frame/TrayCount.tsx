// How much waits in the tray, beside its word in the menu.
import { plural } from "@lingui/core/macro";
import { useQuery } from "@tanstack/react-query";
import { countQuery } from "~/features/bandeja/queries";

export function TrayCount() {
    const count = useQuery(countQuery()).data;
    if (!count) return null;
    return (
        <span className="count">
            <span aria-hidden>{count > 99 ? "99+" : count}</span>
            <span className="hidden-text">{plural(count, { one: "# por atender", other: "# por atender" })}</span>
        </span>
    );
}
