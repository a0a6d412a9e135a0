// Files come by the API as everything else, with the session's identity, and become addresses that an image can show.
import { useQuery } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { answer, api } from "~/api/client";

export async function fileBytes(hash: string, signal?: AbortSignal): Promise<Blob> {
    return (await answer(api.GET("/v1/files/{hash}", { params: { path: { hash } }, parseAs: "blob", signal }))) as unknown as Blob;
}

export function useFileAddress(hash: string, wanted: boolean): string | undefined {
    const file = useQuery({ queryKey: ["files", hash], queryFn: ({ signal }) => fileBytes(hash, signal), enabled: wanted, staleTime: Number.POSITIVE_INFINITY, gcTime: 60_000 });
    const [address, setAddress] = useState<string>();
    useEffect(() => {
        if (!file.data) return;
        const made = URL.createObjectURL(file.data);
        setAddress(made);
        return () => URL.revokeObjectURL(made);
    }, [file.data]);
    return address;
}

export async function saveFile(hash: string, name: string): Promise<void> {
    const address = URL.createObjectURL(await fileBytes(hash));
    const link = document.createElement("a");
    link.href = address;
    link.download = name;
    link.click();
    setTimeout(() => URL.revokeObjectURL(address), 60_000);
}
