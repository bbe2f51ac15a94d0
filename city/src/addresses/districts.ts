export type Region = 'HK' | 'KLN' | 'NT';

export type District = {
  code: string;
  region: Region;
  name: { en: string; 'zh-Hant': string; 'zh-Hans': string };
  /** How many of a thousand households live here, roughly. */
  weight: number;
  /** The usual rateable value of a flat: Hong Kong dollars a year. */
  rateableValue: number;
  subDistricts: readonly { en: string; zh: string }[];
};

function places(list: string): { en: string; zh: string }[] {
  return list.split(', ').map((entry) => {
    const space = entry.lastIndexOf(' ');
    return { en: entry.slice(0, space), zh: entry.slice(space + 1) };
  });
}

/** The eighteen districts, in the order of the District Councils. */
export const districts: readonly District[] = [
  {
    code: 'CW',
    region: 'HK',
    name: { en: 'Central and Western', 'zh-Hant': '中西區', 'zh-Hans': '中西区' },
    weight: 32,
    rateableValue: 240_000,
    subDistricts: places(
      'Central 中環, Sheung Wan 上環, Sai Ying Pun 西營盤, Kennedy Town 堅尼地城, Mid-Levels 半山',
    ),
  },
  {
    code: 'WC',
    region: 'HK',
    name: { en: 'Wan Chai', 'zh-Hant': '灣仔區', 'zh-Hans': '湾仔区' },
    weight: 24,
    rateableValue: 250_000,
    subDistricts: places('Wan Chai 灣仔, Causeway Bay 銅鑼灣, Happy Valley 跑馬地, Tai Hang 大坑'),
  },
  {
    code: 'EST',
    region: 'HK',
    name: { en: 'Eastern', 'zh-Hant': '東區', 'zh-Hans': '东区' },
    weight: 73,
    rateableValue: 168_000,
    subDistricts: places('North Point 北角, Quarry Bay 鰂魚涌, Shau Kei Wan 筲箕灣, Chai Wan 柴灣'),
  },
  {
    code: 'STH',
    region: 'HK',
    name: { en: 'Southern', 'zh-Hant': '南區', 'zh-Hans': '南区' },
    weight: 35,
    rateableValue: 186_000,
    subDistricts: places('Aberdeen 香港仔, Ap Lei Chau 鴨脷洲, Wong Chuk Hang 黃竹坑, Stanley 赤柱'),
  },
  {
    code: 'YTM',
    region: 'KLN',
    name: { en: 'Yau Tsim Mong', 'zh-Hant': '油尖旺區', 'zh-Hans': '油尖旺区' },
    weight: 42,
    rateableValue: 174_000,
    subDistricts: places('Tsim Sha Tsui 尖沙咀, Yau Ma Tei 油麻地, Mong Kok 旺角, Tai Kok Tsui 大角咀'),
  },
  {
    code: 'SSP',
    region: 'KLN',
    name: { en: 'Sham Shui Po', 'zh-Hant': '深水埗區', 'zh-Hans': '深水埗区' },
    weight: 58,
    rateableValue: 132_000,
    subDistricts: places(
      'Sham Shui Po 深水埗, Cheung Sha Wan 長沙灣, Lai Chi Kok 荔枝角, Shek Kip Mei 石硤尾',
    ),
  },
  {
    code: 'KLC',
    region: 'KLN',
    name: { en: 'Kowloon City', 'zh-Hant': '九龍城區', 'zh-Hans': '九龙城区' },
    weight: 56,
    rateableValue: 186_000,
    subDistricts: places(
      'Kowloon City 九龍城, Hung Hom 紅磡, To Kwa Wan 土瓜灣, Ho Man Tin 何文田, Kai Tak 啟德',
    ),
  },
  {
    code: 'WTS',
    region: 'KLN',
    name: { en: 'Wong Tai Sin', 'zh-Hant': '黃大仙區', 'zh-Hans': '黄大仙区' },
    weight: 55,
    rateableValue: 108_000,
    subDistricts: places('Wong Tai Sin 黃大仙, Diamond Hill 鑽石山, Tsz Wan Shan 慈雲山, Choi Hung 彩虹'),
  },
  {
    code: 'KT',
    region: 'KLN',
    name: { en: 'Kwun Tong', 'zh-Hant': '觀塘區', 'zh-Hans': '观塘区' },
    weight: 92,
    rateableValue: 108_000,
    subDistricts: places(
      'Kwun Tong 觀塘, Ngau Tau Kok 牛頭角, Kowloon Bay 九龍灣, Lam Tin 藍田, Yau Tong 油塘',
    ),
  },
  {
    code: 'KTS',
    region: 'NT',
    name: { en: 'Kwai Tsing', 'zh-Hant': '葵青區', 'zh-Hans': '葵青区' },
    weight: 67,
    rateableValue: 102_000,
    subDistricts: places('Kwai Chung 葵涌, Tsing Yi 青衣, Kwai Fong 葵芳, Lai King 荔景'),
  },
  {
    code: 'TW',
    region: 'NT',
    name: { en: 'Tsuen Wan', 'zh-Hant': '荃灣區', 'zh-Hans': '荃湾区' },
    weight: 43,
    rateableValue: 144_000,
    subDistricts: places('Tsuen Wan 荃灣, Tai Wo Hau 大窩口, Sham Tseng 深井'),
  },
  {
    code: 'TM',
    region: 'NT',
    name: { en: 'Tuen Mun', 'zh-Hant': '屯門區', 'zh-Hans': '屯门区' },
    weight: 69,
    rateableValue: 96_000,
    subDistricts: places('Tuen Mun 屯門, Siu Hong 兆康, So Kwun Wat 掃管笏'),
  },
  {
    code: 'YL',
    region: 'NT',
    name: { en: 'Yuen Long', 'zh-Hant': '元朗區', 'zh-Hans': '元朗区' },
    weight: 90,
    rateableValue: 96_000,
    subDistricts: places('Yuen Long 元朗, Tin Shui Wai 天水圍, Hung Shui Kiu 洪水橋, Kam Tin 錦田'),
  },
  {
    code: 'NTH',
    region: 'NT',
    name: { en: 'North', 'zh-Hant': '北區', 'zh-Hans': '北区' },
    weight: 43,
    rateableValue: 90_000,
    subDistricts: places('Sheung Shui 上水, Fanling 粉嶺, Sha Tau Kok 沙頭角'),
  },
  {
    code: 'TP',
    region: 'NT',
    name: { en: 'Tai Po', 'zh-Hant': '大埔區', 'zh-Hans': '大埔区' },
    weight: 43,
    rateableValue: 120_000,
    subDistricts: places('Tai Po 大埔, Tai Wo 太和, Tai Mei Tuk 大尾篤'),
  },
  {
    code: 'ST',
    region: 'NT',
    name: { en: 'Sha Tin', 'zh-Hant': '沙田區', 'zh-Hans': '沙田区' },
    weight: 93,
    rateableValue: 126_000,
    subDistricts: places('Sha Tin 沙田, Tai Wai 大圍, Fo Tan 火炭, Ma On Shan 馬鞍山'),
  },
  {
    code: 'SK',
    region: 'NT',
    name: { en: 'Sai Kung', 'zh-Hant': '西貢區', 'zh-Hans': '西贡区' },
    weight: 65,
    rateableValue: 150_000,
    subDistricts: places('Tseung Kwan O 將軍澳, Hang Hau 坑口, Po Lam 寶琳, Sai Kung 西貢'),
  },
  {
    code: 'ILD',
    region: 'NT',
    name: { en: 'Islands', 'zh-Hant': '離島區', 'zh-Hans': '离岛区' },
    weight: 25,
    rateableValue: 120_000,
    subDistricts: places('Tung Chung 東涌, Mui Wo 梅窩, Cheung Chau 長洲, Peng Chau 坪洲'),
  },
];
