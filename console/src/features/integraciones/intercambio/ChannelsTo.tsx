// The channels whose events go to a customer's server or to an agent as files.
import { useLingui } from "@lingui/react/macro";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useMay } from "~/app/session";
import { type Channel, channelsQuery } from "../notificaciones/queries";

export function useChannelsTo(field: "remote" | "agent", id: string): Channel[] {
    const channels = useQuery({ ...channelsQuery(), enabled: useMay("manage_channels") }).data ?? [];
    return channels.filter((channel) => channel.folder?.[field] === id);
}

/** Their rows, for the list of what goes there. */
export function ChannelsTo({ channels }: { channels: Channel[] }) {
    const { t } = useLingui();
    return channels.map((channel) => (
        <li key={channel.id}>
            <Link to="/integraciones/notificaciones" search={{ canal: channel.id }} className="link">
                {channel.name}
            </Link>
            <small>{[t`cada evento en un archivo`, channel.folder?.file_name, channel.folder?.folder && t`a la carpeta ${channel.folder.folder}`].filter(Boolean).join(" · ")}</small>
        </li>
    ));
}
