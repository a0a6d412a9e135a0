// The account as its administrators see it; its version stands in the header of the answer alone.
import { queryOptions } from "@tanstack/react-query";
import { type Schemas, api, versioned } from "~/api/client";

export type Own = Schemas["OwnAccount"] & { version: number };

export const accountQuery = () => queryOptions({ queryKey: ["account", "own"], queryFn: () => versioned(api.GET("/v1/account")) });
