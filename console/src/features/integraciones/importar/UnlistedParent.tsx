// The place within which those go that a file lists no longer.
import { useLingui } from "@lingui/react/macro";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { answer, api } from "~/api/client";
import { useMay } from "~/app/session";
import { Combo } from "~/ui";

/** `value`: its number. */
export function UnlistedParent({ value, onChange }: { value: string | null; onChange: (number: string) => void }) {
    const { t } = useLingui();
    const [text, setText] = useState(value ?? "");
    const found = useQuery({ queryKey: ["pois", "find", text], queryFn: ({ signal }) => answer(api.GET("/v1/pois", { params: { query: { q: text || undefined, limit: 50 } }, signal })), enabled: useMay("view_pois"), placeholderData: (before) => before });
    const options = (found.data?.items ?? []).filter((poi) => poi.is_parent).map((poi) => ({ id: poi.number, label: poi.name, detail: poi.number }));
    return (
        <Combo
            label={t`Lugar dentro del que se mueven`}
            options={options}
            value={value}
            input={text}
            onInput={setText}
            onChange={(number) => {
                const chosen = options.find((one) => one.id === number);
                if (!chosen) return;
                setText(chosen.label);
                onChange(chosen.id);
            }}
            pending={found.isFetching}
            error={value === null ? t`Elija un lugar que tenga otros dentro.` : undefined}
        />
    );
}
