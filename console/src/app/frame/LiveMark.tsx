// Says how old what one sees is.
import { Trans } from "@lingui/react/macro";
import { RefreshCw } from "lucide-react";
import { useFormat } from "../format";
import { useLive } from "../live";

export function LiveMark() {
    const live = useLive();
    const format = useFormat();
    if (live.state === "off") return null;
    return (
        <span className={`live live-${live.state}`} role="status">
            {live.state === "connected" ? (
                <>
                    <span className="live-dot" aria-hidden />
                    <Trans>Conectado</Trans>
                </>
            ) : (
                <>
                    <RefreshCw size={14} aria-hidden />
                    {live.state === "connecting" || live.heardAt === null ? <Trans>Conectando…</Trans> : <Trans>Reconectando… Datos de las {format.time(live.heardAt)}</Trans>}
                </>
            )}
        </span>
    );
}
