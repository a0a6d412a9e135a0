// The way back from a draft to the file that came by file exchange and waits for it.
import { Trans } from "@lingui/react/macro";
import { Link } from "@tanstack/react-router";
import { Inbox } from "lucide-react";
import { useMay } from "~/app/session";

export function ToReceived({ file, small }: { file: string; small?: boolean }) {
    const mayRead = useMay("view_transfers");
    if (!mayRead) return null;
    return (
        <Link to="/integraciones/intercambio/recibidos" search={{ archivo: file }} className={small ? "btn btn-quiet btn-s" : "btn"}>
            {small && <Inbox size={14} aria-hidden />}
            <Trans>Archivos recibidos</Trans>
        </Link>
    );
}
